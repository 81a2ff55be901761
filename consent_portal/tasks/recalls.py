"""Recalls: every release that a withdrawal covers must be asked back by somebody (policy.md, combining rule 7)."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from consent_portal.clock import from_text, local_day, to_text, utc_now
from consent_portal.ledger import by_name, payloads, store
from consent_portal.ledger.events import Draft, Event, EventType
from consent_portal.ledger.levels import Level
from consent_portal.ledger.rows import EventRow
from consent_portal.ledger.scope import Item, Scope, ScopeKind
from consent_portal.registers.recipients import SELF
from consent_portal.registers.rows import StudyRow
from consent_portal.tasks.rows import RecallRow
from consent_portal.tasks.shape import shaped

OPEN, SENT, CONFIRMED, CANNOT = "open", "sent", "confirmed", "cannot be recalled"
_WAITING = frozenset({OPEN, SENT})


class NotYours(Exception):  # noqa: N818  (named for the situation)
    """The copy is not with this person; the text says who can say that it was deleted."""


@dataclass(frozen=True)
class Recall:
    """One recall to be done."""

    id: str
    opened_at: str
    status: str
    released_event: str
    disclosure: str
    job: str | None
    patient_key: str
    study_uid: str
    requested_by: str
    recipient: str
    purpose: str
    note: str
    updated_at: str | None
    updated_by: str | None
    withdrawn_event: str

    @property
    def holder(self) -> str:
        """Return the user who has the copy; empty where it went to a registered recipient."""
        return self.requested_by if self.recipient == SELF else ""

    @property
    def is_waiting(self) -> bool:
        """Return whether the copy is still to be deleted, as far as anybody has said."""
        return self.status in _WAITING

    def days_open(self, today: date) -> int:
        """Return how many days ago it was opened."""
        return (today - local_day(from_text(self.opened_at))).days

    def due_on(self, days: int) -> date:
        """Return the last day on which the deletion is confirmed in time, `days` after the opening."""
        return local_day(from_text(self.opened_at)) + timedelta(days=days)

    def is_overdue(self, today: date, days: int) -> bool:
        """Return whether the copy should have been deleted by now (R56)."""
        return self.is_waiting and today > self.due_on(days)


def open_for(session: Session, event: Event, levels: Iterable[Level]) -> list[Recall]:
    """Open a task for every release that a withdrawal, refusal or objection covers; published ones are marked so.

    What left of a study while it bore another number is covered as well (ADR 0102): a patient whose number was
    corrected takes back what left before the correction, too.
    """
    studies = _studies_of(session, event.patient_key)
    events = store.events_about(session, event.patient_key, [event.scope.study_uid, *studies])
    meant = set(levels)
    left = (release for release in events if release.type is EventType.RELEASED and _covered(release, event, meant))
    return open_these(session, event, [(release, event.patient_key) for release in left])


def open_these(session: Session, because: Event, releases: Sequence[tuple[Event, str]]) -> list[Recall]:
    """Open a task for each release that has none yet, with the patient it stands with; published ones are marked so."""
    ids = [release.id for release, _ in releases]
    asked_back = set(session.scalars(select(RecallRow.released_event).where(RecallRow.released_event.in_(ids))))
    marks = select(EventRow.supersedes).where(EventRow.type == str(EventType.PUBLISHED), EventRow.supersedes.in_(ids))
    published = set(session.scalars(marks))
    rows = [
        _row(release, replace(because, patient_key=patient), CANNOT if release.id in published else OPEN)
        for release, patient in releases
        if release.id not in asked_back
    ]
    session.add_all(rows)
    session.flush()
    return [_recall(row) for row in rows]


def _studies_of(session: Session, patient_key: str) -> list[str]:
    """Return the studies that bear a patient's number now or bore it once, as refusals count for both (ADR 0106)."""
    if not patient_key:
        return []
    bore = or_(StudyRow.patient_key == patient_key, StudyRow.former_patients.contains(patient_key, autoescape=True))
    return list(session.scalars(select(StudyRow.study_uid).where(bore)))


def _covered(release: Event, refusal: Event, levels: set[Level]) -> bool:
    assert isinstance(release.payload, payloads.Released)  # noqa: S101  (the store checks the payload's type)
    needed = release.payload.level_needed
    if needed == "none":
        return False
    item = Item(study_uids=frozenset({release.scope.study_uid}), accession=release.scope.accession)
    level = Level.TEACHING if needed == "any" else Level(needed)
    meant = level in levels or release.payload.purpose in by_name.refused(refusal.payload)
    return meant and (refusal.scope.kind is ScopeKind.PATIENT or refusal.scope.touches(item))


def _row(release: Event, withdrawal: Event, status: str) -> RecallRow:
    assert isinstance(release.payload, payloads.Released)  # noqa: S101  (the store checks the payload's type)
    return RecallRow(
        id=str(uuid.uuid4()),
        opened_at=to_text(utc_now()),
        released_event=release.id,
        withdrawn_event=withdrawal.id,
        disclosure=release.payload.disclosure,
        job=release.payload.job,
        patient_key=withdrawal.patient_key,
        study_uid=release.scope.study_uid,
        requested_by=release.payload.sender,
        recipient=release.payload.recipient,
        purpose=release.payload.purpose,
        status=status,
        note="",
    )


def opened_by(session: Session, event_id: str) -> list[Recall]:
    """Return the recalls that one withdrawal, refusal or objection opened, oldest first."""
    query = select(RecallRow).where(RecallRow.withdrawn_event == event_id).order_by(RecallRow.opened_at)
    return [_recall(row) for row in session.scalars(query)]


def waiting(session: Session) -> list[Recall]:
    """Return the recalls that are not finished, oldest first."""
    query = select(RecallRow).where(RecallRow.status.in_(_WAITING)).order_by(RecallRow.opened_at)
    return [_recall(row) for row in session.scalars(query)]


def held_by(session: Session, user: str) -> list[Recall]:
    """Return the recalls of copies that a user has, oldest first: what that person has to delete."""
    return [recall for recall in waiting(session) if recall.holder.casefold() == user.casefold() and user]


def of_releases(session: Session, released: Iterable[str]) -> dict[str, Recall]:
    """Return the recall of each release that has one, by the release's event."""
    events = list(released)
    rows = session.scalars(select(RecallRow).where(RecallRow.released_event.in_(events))) if events else ()
    return {row.released_event: _recall(row) for row in rows}


def of_patient(session: Session, patient_key: str) -> list[Recall]:
    """Return all recalls of a patient, oldest first."""
    query = select(RecallRow).where(RecallRow.patient_key == patient_key).order_by(RecallRow.opened_at)
    return [_recall(row) for row in session.scalars(query)]


def get(session: Session, recall_id: str) -> Recall | None:
    """Return one recall."""
    row = session.get(RecallRow, recall_id)
    return _recall(row) if row else None


def mark(session: Session, recall_id: str, status: str, by: str, note: str = "") -> Recall:
    """Note that the recipient was written to (`SENT`) or has confirmed the deletion (`CONFIRMED`).

    Writes RECALL_SENT or RECALL_CONFIRMED into the ledger.

    Raises
    ------
    LookupError
        When there is no such recall.
    ValueError
        For another status, or when the recall is finished.
    """
    row = session.get(RecallRow, recall_id)
    if row is None:
        raise LookupError("There is no such recall.")
    if status not in {SENT, CONFIRMED} or row.status not in _WAITING:
        message = f"A recall that is {row.status} cannot become {status}."
        raise ValueError(message)
    kind = EventType.RECALL_SENT if status == SENT else EventType.RECALL_CONFIRMED
    payload = payloads.Recall(note=note, by=by)
    scope = Scope.study(row.study_uid) if row.study_uid else Scope.patient()
    store.append(session, Draft(kind, row.patient_key, scope, payload, utc_now(), by, row.released_event))
    _update(row, status, by, note)
    return _recall(row)


def confirm_own(session: Session, recall_id: str, user: str, note: str = "") -> Recall:
    """Note that whoever has the copy says that it is deleted; RECALL_CONFIRMED is written by that user.

    Raises
    ------
    LookupError, ValueError
        As `mark`.
    NotYours
        When somebody else has the copy.
    """
    recall = get(session, recall_id)
    if recall is None:
        raise LookupError("There is no such recall.")
    if not user or recall.holder.casefold() != user.casefold():
        raise NotYours("This copy is not with you, so only whoever has it, or medical illustration, can say so.")
    return mark(session, recall_id, CONFIRMED, user, note)


def cannot_be_recalled(session: Session, released_event: str, by: str) -> None:
    """Close the recalls of a release that turned out to be published."""
    query = select(RecallRow).where(RecallRow.released_event == released_event, RecallRow.status.in_(_WAITING))
    for row in session.scalars(query):
        _update(row, CANNOT, by, row.note)


def _update(row: RecallRow, status: str, by: str, note: str) -> None:
    row.status, row.updated_by, row.note = status, by, note
    row.updated_at = to_text(utc_now())


def _recall(row: RecallRow) -> Recall:
    return shaped(Recall, row)
