"""The regulator's list of privacy information (UK GDPR articles 13 and 14), answered from the settings.

Every item is present, or says why it does not apply.
"""

from dataclasses import dataclass, field

from notices.content import values
from notices.language import Language
from notices.settings.local_text import LocalText
from notices.settings.site import Site
from notices.wording import Wording

ITEMS = (
    "controller", "representative", "dpo", "purposes", "lawful_basis", "condition", "legitimate_interests",
    "categories", "recipients", "transfers", "retention", "rights", "withdraw", "complaint", "source", "statutory",
    "automated",
)  # fmt: skip


@dataclass(frozen=True)
class Detail:
    """One item of the list.

    Attributes
    ----------
    lines : tuple of str
        The answer. Lines that hold addresses or names are in no language in particular.
    applies : bool
        False when the answer is why the item does not apply.
    """

    key: str
    label: str
    lines: tuple[str, ...]
    applies: bool = True


@dataclass(frozen=True)
class _Context:
    site: Site
    words: Wording
    language: Language
    text: dict[str, str] = field(default_factory=dict)

    def local(self, text: LocalText) -> str:
        """Return a text of the site in the notice's language."""
        return text.text(self.language.code)

    def excused(self, key: str) -> bool:
        """Tell whether the site says in its own words why an item does not apply."""
        return key in self.site.privacy.not_applicable

    def because(self, key: str) -> tuple[bool, list[str]]:
        """Return that an item does not apply, and why."""
        own = self.site.privacy.not_applicable.get(key)  # type: ignore[call-overload]
        reason = self.local(own) if own else self.words.details.not_applicable_because[key]
        return False, [f"{self.words.details.not_applicable} {reason}"]


def details(site: Site, words: Wording, language: Language) -> list[Detail]:
    """Return every item of the list, in order."""
    context = _Context(site, words, language)
    return [_detail(key, context) for key in ITEMS]


def asks(site: Site) -> bool:
    """Tell whether anything that `site` does rests on a yes, which a patient can then take back."""
    own, used = site.privacy, site.practice
    return (
        "consent" in own.lawful_bases
        or "explicit_consent" in own.conditions
        or "withdraw" in own.rights
        or used.removed_matters
        or used.print
        or used.internet
    )


def _detail(key: str, context: _Context) -> Detail:
    applies, lines = _ANSWERS[key](context)
    return Detail(key, context.words.details.labels[key], tuple(lines), applies)


_Answer = tuple[bool, list[str]]


def _controller(c: _Context) -> _Answer:
    one = c.site.organisation
    return True, [line for line in (one.name, one.address, one.phone, one.email) if line]


def _representative(c: _Context) -> _Answer:
    one = c.site.organisation.representative
    return (True, [one]) if one else c.because("representative")


def _dpo(c: _Context) -> _Answer:
    one = c.site.data_protection_officer
    return True, [line for line in (one.name, one.email, one.phone) if line]


def _purposes(c: _Context) -> _Answer:
    uses = values.joined(values.uses(c.site.practice, c.words), c.language)
    return True, [c.words.details.text["purposes"].format(uses=uses) if uses else c.words.blocks["care"].heading]


def _lawful_basis(c: _Context) -> _Answer:
    return True, [c.words.details.lawful_basis[name] for name in c.site.privacy.lawful_bases]


def _condition(c: _Context) -> _Answer:
    return True, [c.words.details.condition[name] for name in c.site.privacy.conditions]


def _legitimate_interests(c: _Context) -> _Answer:
    own = c.site.privacy.legitimate_interests
    return (True, [c.local(own)]) if own else c.because("legitimate_interests")


def _categories(c: _Context) -> _Answer:
    return True, [c.words.details.text["categories"]]


def _recipients(c: _Context) -> _Answer:
    kinds = [c.words.details.recipients[name] for name in c.site.privacy.recipients]
    return True, [*kinds, *c.site.privacy.recipient_names]


def _transfers(c: _Context) -> _Answer:
    own = c.site.privacy.transfers
    if own is None and c.excused("transfers"):
        return c.because("transfers")
    return True, [c.local(own) if own else c.words.details.text["transfers_none"]]


def _retention(c: _Context) -> _Answer:
    used = c.site.practice
    made = {"teaching": used.teaching, "research": used.research, "consent": asks(c.site)}
    times = c.site.privacy.retention.model_copy(update={name: None for name, done in made.items() if not done})
    kept = values.years(times, c.words, c.language)
    return True, [f"{what}: {how_long}" for what, how_long in kept]


def _rights(c: _Context) -> _Answer:
    return True, [c.words.lists.rights[name] for name in c.site.privacy.rights]


def _withdraw(c: _Context) -> _Answer:
    if c.excused("withdraw") or not asks(c.site):
        return c.because("withdraw")
    return True, [c.words.details.text["withdraw"]]


def _complaint(c: _Context) -> _Answer:
    one = c.site.regulator
    return True, [c.words.details.text["complaint"], *(line for line in (one.name, one.website, one.phone) if line)]


def _source(c: _Context) -> _Answer:
    return True, [c.words.details.text["source"]]


def _statutory(c: _Context) -> _Answer:
    if not c.site.privacy.statutory and c.excused("statutory"):
        return c.because("statutory")
    return True, [c.words.details.text["statutory_yes" if c.site.privacy.statutory else "statutory_no"]]


def _automated(c: _Context) -> _Answer:
    own = c.site.privacy.automated
    text = c.words.details.text
    if own is None and c.excused("automated"):
        return c.because("automated")
    return True, [text["automated_yes"], c.local(own)] if own else [text["automated_no"]]


_ANSWERS = {
    "controller": _controller, "representative": _representative, "dpo": _dpo, "purposes": _purposes,
    "lawful_basis": _lawful_basis, "condition": _condition, "legitimate_interests": _legitimate_interests,
    "categories": _categories, "recipients": _recipients, "transfers": _transfers, "retention": _retention,
    "rights": _rights, "withdraw": _withdraw, "complaint": _complaint, "source": _source, "statutory": _statutory,
    "automated": _automated,
}  # fmt: skip
