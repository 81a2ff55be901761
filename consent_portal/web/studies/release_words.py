"""What left about a patient, in the patient's own words: who, for what, why it was allowed, what happens now (R39)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from consent_portal.clock import from_text, local_day
from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.payloads import Released
from consent_portal.registers.recipients import SELF
from consent_portal.services.queries import Disclosure
from consent_portal.tasks.recalls import CONFIRMED, SENT, Recall
from consent_portal.web.frame import wording
from consent_portal.web.frame.templating import day
from consent_portal.web.releases.present import sender_words

ON_CONSENT = "R36"
"""The rule by which a release rests on the recorded consent."""
HOW = {
    "D0": _l("The copy still bears the name."),
    "D1": _l("The copy bears a number in place of the name."),
    "D2": _l("The copy bears a code in place of the name, and went to a place that is bound by contract."),
    "D3": _l("Name, numbers and dates were taken out of the copy first."),
    "D4": _l("Name, numbers and dates, and everything hidden in the file, were taken out of the copy first."),
}
SAID_NO = _l("On %(day)s the answer to this use was no.")
_WHOSE = _l("On %(day)s the hospital corrected whose recording this is.")
SAID = {
    EventType.GIVEN: SAID_NO,
    EventType.AMENDED: SAID_NO,
    EventType.REFUSED: SAID_NO,
    EventType.WITHDRAWN: _l("On %(day)s consent to this use was withdrawn."),
    EventType.OBJECTION: _l("On %(day)s an objection to this use was made."),
    EventType.INVALIDATED: _l("On %(day)s it was noted that the consent had been recorded by mistake."),
    EventType.DETAILS_CHANGED: _WHOSE,
    EventType.IDENTITY_CONFIRMED: _WHOSE,
    EventType.PATIENTS_MERGED: _WHOSE,
    EventType.PATIENTS_UNMERGED: _WHOSE,
    EventType.STUDY_SEPARATED: _WHOSE,
}
NO_LONGER = _l("On %(day)s it was found that what had been agreed does not cover this use any more.")
"""Of whatever else a copy is called back for, such as a change of who may decide."""


@dataclass(frozen=True)
class PatientRelease:
    """One copy, told to the patient. `now` is what has happened since, sentence by sentence."""

    when: str
    what: str
    for_what: str
    who: str
    why: str
    now: tuple[str, ...]


@dataclass(frozen=True)
class Since:
    """What is known of a copy since it left.

    Attributes
    ----------
    said : Event or None
        The event by which it was taken back.
    place : str
        The name of the registered place that has it; empty where whoever asked has it.
    """

    recall: Recall | None = None
    said: Event | None = None
    place: str = ""


def patient_release(release: Disclosure, study: str, since: Since, days: int, today: date) -> PatientRelease:
    """Return one copy as the patient is told of it.

    Parameters
    ----------
    days : int
        ``[portal] recall_days``.
    """
    released = release.released
    return PatientRelease(
        when=day(local_day(release.event.recorded_at)),
        what=f"{study}; {_how_many(released)}. {HOW.get(released.profile or '', '')}".strip(),
        for_what=": ".join(filter(None, (str(wording.purpose_name(released.purpose)), released.reason))),
        who=_who(released, since),
        why=_why(released),
        now=tuple(map(str, _now(release, since, days, today))),
    )


def _how_many(released: Released) -> str:
    return str(ngettext("%(num)d image or file", "%(num)d images or files", released.released))


def _who(released: Released, since: Since) -> str:
    asked = sender_words(released)
    if released.recipient == SELF:
        return str(_("%(person)s asked for the copy and has it.", person=asked))
    place = since.place or released.recipient
    return str(_("%(person)s asked for the copy; it went to %(place)s.", person=asked, place=place))


def _why(released: Released) -> str:
    if released.level_needed == "none":
        return str(_("It was for the patient's own care."))
    if ON_CONSENT in released.basis:
        return str(_("The patient, or somebody who may decide for the patient, had agreed to this use."))
    return str(
        _(
            "Images of this kind may be used without asking once nothing in them tells who it is, unless the patient "
            "has said no. The patient had not said no."
        )
    )


def _now(release: Disclosure, since: Since, days: int, today: date) -> list[Any]:
    """Return what has happened since."""
    recall, told = since.recall, []
    if recall is not None and since.said is not None:
        on = day(local_day(since.said.effective_at))
        told.append(_said(since.said, on))
    if release.published is not None:
        return [*told, *_published(release)]
    if recall is None:
        return [_("The copy may be used for this, and for nothing else. Consent can be withdrawn at any time.")]
    return [*told, *_asked_back(recall, release, since, days, today)]


def _said(said: Event, on: str) -> str:
    return str(SAID.get(said.type, NO_LONGER)) % {"day": on}


def _published(release: Disclosure) -> list[Any]:
    published = release.published
    assert published is not None  # noqa: S101  (the caller has looked)
    where = published.where or _("a place that was not noted")
    told = (
        _("The patient was told so on %(day)s.", day=day(published.told_on))
        if published.told_on
        else _("The patient has to be told so, and has not been told yet.")
    )
    return [_("It was published in %(where)s. What is published cannot be called back.", where=where), told]


def _asked_back(recall: Recall, release: Disclosure, since: Since, days: int, today: date) -> list[Any]:
    who = since.place or (recall.holder and sender_words(release.released)) or recall.recipient
    asked = day(local_day(from_text(recall.opened_at)))
    noted = day(local_day(from_text(recall.updated_at or recall.opened_at)))
    if recall.status == CONFIRMED:
        return [
            _("%(who)s was asked on %(day)s to delete the copy.", who=who, day=asked),
            _("On %(day)s it was confirmed that the copy is deleted.", day=noted),
        ]
    if recall.holder:
        words = [_("%(who)s was asked on %(day)s to delete the copy, and has not yet said so.", who=who, day=asked)]
    elif recall.status == SENT:
        words = [_("%(who)s was written to on %(day)s, and has not yet answered.", who=who, day=noted)]
    else:
        words = [_("%(who)s will be written to, and asked to delete the copy.", who=who)]
    due = day(recall.due_on(days))
    if recall.is_overdue(today, days):
        late = _("It should have been deleted by %(day)s; this is recorded as a breach and followed up.", day=due)
        return [*words, late]
    return [*words, _("It has to be deleted by %(day)s.", day=due)]


def gather(recalls: Mapping[str, Recall], said: Mapping[str, Event], release: Disclosure, place: str) -> Since:
    """Return what is known of a copy since it left, from all that was read."""
    recall = recalls.get(release.event.id)
    return Since(recall, said.get(recall.withdrawn_event) if recall else None, place)
