"""A copy that was called back, as lists and pages show it: who has it, since when, until when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import payloads, store
from consent_portal.ledger.events import Event
from consent_portal.registers import recipients
from consent_portal.registers import studies as register
from consent_portal.tasks.recalls import CANNOT, CONFIRMED, OPEN, SENT, Recall
from consent_portal.web.frame.access import ROLE_NAMES, Role
from consent_portal.web.frame.templating import day
from consent_portal.web.identity.study_words import plain_words, study_view

STATES = {
    OPEN: _l("To be sent"),
    SENT: _l("Sent, waiting for the answer"),
    CONFIRMED: _l("Deletion confirmed"),
    CANNOT: _l("Published: cannot be recalled"),
}
ON_THEIR_LIST = _l("Stands on that person's own list")
STEPS: Mapping[str, tuple[tuple[str, Any], ...]] = {
    OPEN: ((SENT, _l("Recall sent")), (CONFIRMED, _l("Deletion confirmed"))),
    SENT: ((CONFIRMED, _l("Deletion confirmed")),),
}


@dataclass(frozen=True)
class RecallView:
    """A copy that was called back.

    Attributes
    ----------
    holder : str
        The user with the role, or the registered recipient, that has the copy.
    outside : bool
        Whether a letter has to be sent, because whoever has the copy has no list here.
    reference, file_name : str
        By what whoever has it finds it.
    study_words : str
        For those who see patients by name; `plain_words` is for everybody else.
    """

    id: str
    purpose: str
    holder: str
    outside: bool
    reference: str
    file_name: str
    left_on: str
    study_key: str
    study_words: str
    plain_words: str
    opened_at: str
    open_words: str
    due_on: str
    overdue: bool
    waiting: bool
    state: Any
    tone: str
    note: str
    steps: tuple[tuple[str, Any], ...]


def recall_views(session: Session, recalls: Iterable[Recall], days: int) -> list[RecallView]:
    """Return recalls as pages show them, the overdue ones first and then the oldest.

    Parameters
    ----------
    days : int
        ``[portal] recall_days``.
    """
    known = list(recalls)
    left = {event.id: event for event in store.events_of_ids(session, [recall.released_event for recall in known])}
    views = [_view(session, recall, left.get(recall.released_event), days) for recall in known]
    return sorted(views, key=lambda view: (not view.overdue, not view.waiting, view.opened_at))


def _view(session: Session, recall: Recall, left: Event | None, days: int) -> RecallView:
    today = local_day(utc_now())
    found = register.by_uid(session, recall.study_uid)
    study = study_view(found) if found else None
    overdue = recall.is_overdue(today, days)
    return RecallView(
        id=recall.id,
        purpose=recall.purpose,
        holder=holder_words(session, recall, left),
        outside=not recall.holder,
        reference=recall.job or recall.disclosure,
        file_name=file_name(recall.job),
        left_on=day(local_day(left.recorded_at)) if left else "",
        study_key=study.key if study else "",
        study_words=study.what if study else _("A study"),
        plain_words=plain_words(found) if found else _("A study"),
        opened_at=recall.opened_at,
        open_words=ngettext("%(num)d day", "%(num)d days", recall.days_open(today)),
        due_on=day(recall.due_on(days)),
        overdue=overdue,
        waiting=recall.is_waiting,
        state=ON_THEIR_LIST if recall.holder and recall.status == OPEN else STATES.get(recall.status, recall.status),
        tone="deny" if overdue or recall.status == CANNOT else {CONFIRMED: "permit"}.get(recall.status, "ask"),
        note=recall.note,
        steps=_steps(recall),
    )


def _steps(recall: Recall) -> tuple[tuple[str, Any], ...]:
    """Return what can be noted: nobody has to write to a person on whose own list it stands."""
    steps = STEPS.get(recall.status, ())
    return tuple(step for step in steps if step[0] != SENT) if recall.holder else steps


def file_name(job: str | None) -> str:
    """Return the name of the file that a package was handed over as; empty for what was sent otherwise."""
    return f"release-{job}.zip" if job else ""


def holder_words(session: Session, recall: Recall, left: Event | None) -> str:
    """Return who has the copy: the person with the role, or the registered place by its name."""
    if recall.holder:
        return _with_role(recall.holder, left)
    found = recipients.get(session, recall.recipient)
    return found.name if found else recall.recipient


def _with_role(user: str, left: Event | None) -> str:
    role = left.payload.role if left and isinstance(left.payload, payloads.Released) else ""
    return f"{user} ({ROLE_NAMES[Role(role)]})" if role in set(Role) else user
