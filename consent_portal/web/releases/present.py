"""A release as a row of "what left"."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from consent_portal.clock import from_text, local_day
from consent_portal.ledger.payloads import Published, Released
from consent_portal.registers.recipients import SELF
from consent_portal.services.queries import Disclosure
from consent_portal.tasks import recalls
from consent_portal.tasks.recalls import Recall
from consent_portal.web.frame import wording
from consent_portal.web.frame.access import ROLE_NAMES, Role
from consent_portal.web.frame.templating import day, moment


@dataclass(frozen=True)
class ReleaseView:
    """One release: who, when, to whom, for what, how, why, and whether it was called back.

    Attributes
    ----------
    recipient : str
        Empty where the copy is with whoever asked for it.
    tone : str
        ``deny`` or ``ask`` where the copy was taken back and is not known to be gone, ``permit`` where it is gone.
    """

    id: str
    when: str
    purpose: Any
    reason: str
    sender: str
    recipient: str
    profile: Any
    counts: str
    basis: str
    state: str
    tone: str
    study_key: str
    study_words: str


def release_views(
    releases: Iterable[Disclosure],
    studies: Mapping[str, tuple[str, str]] | None = None,
    recalled: Mapping[str, Recall] | None = None,
) -> list[ReleaseView]:
    """Return the rows for releases.

    Parameters
    ----------
    studies
        Study Instance UID to (portal key, words), where the page shows which study it was.
    recalled
        The recall of each release that has one (`tasks.recalls.of_releases`).
    """
    return [
        _view(
            release,
            (studies or {}).get(release.event.scope.study_uid, ("", "")),
            (recalled or {}).get(release.event.id),
        )
        for release in releases
    ]


def _view(release: Disclosure, study: tuple[str, str], recall: Recall | None) -> ReleaseView:
    released = release.released
    state, tone = _state(release, recall)
    return ReleaseView(
        id=release.event.id,
        when=moment(release.event.recorded_at),
        purpose=wording.purpose_name(released.purpose),
        reason=released.reason,
        sender=sender_words(released),
        recipient="" if released.recipient == SELF else released.recipient,
        profile=wording.short_profile_name(released.profile),
        counts=counts_words(released),
        basis=", ".join(wording.rule_name(rule) for rule in released.basis),
        state=state,
        tone=tone,
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


def sender_words(released: Released) -> str:
    """Return who asked for a release, with the role."""
    named = released.role in set(Role)
    return f"{released.sender} ({ROLE_NAMES[Role(released.role)]})" if named else released.sender


def _state(release: Disclosure, recall: Recall | None) -> tuple[str, str]:
    """Return what became of the copy, and its tone."""
    if release.published is not None:
        return published_words(release.published), "deny"
    if recall is None:
        return "", ""
    when = {"day": day(local_day(from_text(recall.updated_at or recall.opened_at))), "user": recall.updated_by or ""}
    words = {
        recalls.OPEN: _("Taken back: whoever has the copy has not yet said that it is deleted"),
        recalls.SENT: _("Taken back: the recall was sent on %(day)s, no answer yet", **when),
        recalls.CONFIRMED: _("Taken back: deleted, as %(user)s noted on %(day)s", **when),
        recalls.CANNOT: _("Taken back, but published: cannot be recalled"),
    }
    tones = {recalls.CONFIRMED: "permit", recalls.CANNOT: "deny"}
    return words.get(recall.status, ""), tones.get(recall.status, "ask")


def published_words(published: Published) -> str:
    """Return that a release was published, where, and when the patient was told."""
    where = _("Published in %(where)s: cannot be recalled.", where=published.where) if published.where else ""
    told = (
        _("The patient was told on %(day)s.", day=day(published.told_on))
        if published.told_on
        else _("The patient has not been told yet.")
    )
    return f"{where or _('Published: cannot be recalled.')} {told}"
