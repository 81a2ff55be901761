"""A release as a row of "what left"."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from consent_portal.ledger.payloads import Released
from consent_portal.services.queries import Disclosure
from consent_portal.web.frame import wording
from consent_portal.web.frame.templating import day, moment


@dataclass(frozen=True)
class ReleaseView:
    """One release: who, when, to whom, for what, how, why, and whether it was called back."""

    when: str
    purpose: Any
    reason: str
    sender: str
    recipient: str
    profile: Any
    counts: str
    basis: str
    state: str
    study_key: str
    study_words: str


def release_views(
    releases: Iterable[Disclosure], studies: Mapping[str, tuple[str, str]] | None = None
) -> list[ReleaseView]:
    """Return the rows for releases.

    Parameters
    ----------
    studies
        Study Instance UID to (portal key, words), where the page shows which study it was.
    """
    return [_view(release, (studies or {}).get(release.event.scope.study_uid, ("", ""))) for release in releases]


def _view(release: Disclosure, study: tuple[str, str]) -> ReleaseView:
    released = release.released
    return ReleaseView(
        when=moment(release.event.recorded_at),
        purpose=wording.purpose_name(released.purpose),
        reason=released.reason,
        sender=released.sender,
        recipient=wording.recipient_name(released.recipient),
        profile=wording.short_profile_name(released.profile),
        counts=counts_words(released),
        basis=", ".join(wording.rule_name(rule) for rule in released.basis),
        state=_state(release),
        study_key=study[0],
        study_words=study[1],
    )


def counts_words(released: Released) -> str:
    """Return how many objects left, were left out, and were held back."""
    words = [ngettext("%(num)d object", "%(num)d objects", released.released)]
    if released.excluded:
        words.append(_("%(count)d left out", count=released.excluded))
    if released.quarantined:
        words.append(_("%(count)d held back", count=released.quarantined))
    return ", ".join(words)


def _state(release: Disclosure) -> str:
    if release.published is not None:
        told = release.published.told_on
        words = [_("Published: cannot be recalled.")]
        if told:
            words.append(_("The patient was told on %(day)s.", day=day(told)))
        return " ".join(words)
    return str({"sent": _("Recall sent"), "confirmed": _("Recall confirmed")}.get(release.recall, ""))
