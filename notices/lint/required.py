"""Every item of the regulator's list is answered, or says why it does not apply (UK GDPR articles 13 and 14)."""

from collections.abc import Iterator

from notices.content.details import ITEMS, asks, details
from notices.language import language as language_of
from notices.lint.finding import Finding, Severity
from notices.settings.site import Site
from notices.wording import wording


def required(site: Site, language: str) -> Iterator[Finding]:
    """Yield every item that has no answer, and every answer that contradicts another."""
    found = {one.key: one for one in details(site, wording(language), language_of(language))}
    for key in ITEMS:
        if key not in found or not any(line.strip() for line in found[key].lines):
            message = f"the privacy information has no answer to {key!r}: fill it in, or say why it does not apply."
            yield Finding("item-missing", Severity.ERROR, f"privacy.{key}", message, language)
    yield from _contradictions(site, language)


def _contradictions(site: Site, language: str) -> Iterator[Finding]:
    one, kept = site.privacy, site.privacy.retention
    checks = (
        ("legitimate_interests" in one.lawful_bases and not one.legitimate_interests, "legitimate_interests",
         "the lawful basis is legitimate interests, and the notice does not say which: write them."),
        ("consent" in one.lawful_bases and "withdraw" not in one.rights, "rights",
         "the lawful basis is consent, and 'withdraw' is not among the rights: add it."),
        (site.practice.research and "research" not in one.conditions and "explicit_consent" not in one.conditions,
         "conditions", "research is on, and no condition covers it: add 'research' or 'explicit_consent'."),
        (not site.practice.research and "research" in one.conditions, "conditions",
         "research is off, and 'research' is among the conditions: take it out."),
        (site.practice.teaching and kept.teaching is None, "retention.teaching",
         "teaching is on, and the notice does not say how long copies are kept: give a number of years."),
        (site.practice.research and kept.research is None, "retention.research",
         "research is on, and the notice does not say how long copies are kept: give a number of years."),
        (kept.images is None, "retention.images", "the notice does not say how long pictures are kept: give years."),
        ("withdraw" in one.not_applicable and asks(site), "not_applicable.withdraw",
         "something rests on a patient's yes, which can be taken back: take this reason out."),
        ("access" not in one.rights, "rights", "the right to see one's pictures always applies: add 'access'."),
    )  # fmt: skip
    for wrong, name, message in checks:
        if wrong:
            yield Finding("item-contradicts", Severity.ERROR, f"privacy.{name}", message, language)
