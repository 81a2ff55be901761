"""Ask tasks: who must be asked for what before the images may be used ("anonymise or ask", S3 L135)."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.tasks.rows import AskRow
from consent_portal.tasks.shape import shaped

OPEN, CLOSED = "open", "closed"
OUTCOMES = ("agreed", "declined", "not needed", "no answer")


@dataclass(frozen=True)
class ToAsk:
    """One question: whom, and for what."""

    whom: str
    what: str


@dataclass(frozen=True)
class AskReason:
    """Why it must be asked: rule, text, source."""

    rule: str
    text: str
    source: str


@dataclass(frozen=True)
class Wanted:
    """What an ask is opened for; the same person asking the same again finds the open task."""

    decision: str
    requested_by: str
    role: str
    purpose: str
    recipient: str
    studies: tuple[str, ...]
    questions: tuple[ToAsk, ...]
    reasons: tuple[AskReason, ...]
    reason_given: str
    digest: str


@dataclass(frozen=True)
class Ask:
    """An ask task.

    Attributes
    ----------
    studies : tuple of str
        Register keys.
    recorded : tuple of str
        Ids of the events that say what was answered.
    seen_at : str or None
        When whoever asked has acknowledged the answer.
    """

    id: str
    opened_at: str
    decision: str
    requested_by: str
    role: str
    purpose: str
    recipient: str
    studies: tuple[str, ...]
    questions: tuple[ToAsk, ...]
    reasons: tuple[AskReason, ...]
    reason_given: str
    status: str
    closed_at: str | None
    closed_by: str | None
    outcome: str | None
    note: str
    recorded: tuple[str, ...]
    seen_at: str | None


def open_ask(session: Session, wanted: Wanted) -> Ask:
    """Open a task, or return the open one for the same request of the same person."""
    query = select(AskRow).where(AskRow.digest == wanted.digest, AskRow.status == OPEN)
    row = session.scalar(query) or _new(session, wanted)
    return _ask(row)


def waiting(session: Session, requested_by: str | None = None) -> list[Ask]:
    """Return the open tasks, oldest first; of one requester where named."""
    query = select(AskRow).where(AskRow.status == OPEN).order_by(AskRow.opened_at)
    if requested_by is not None:
        query = query.where(AskRow.requested_by == requested_by)
    return [_ask(row) for row in session.scalars(query)]


def closed(session: Session, requested_by: str | None = None, limit: int = 50) -> list[Ask]:
    """Return the tasks that were closed last, newest first; of one requester where named."""
    query = select(AskRow).where(AskRow.status == CLOSED).order_by(AskRow.closed_at.desc()).limit(limit)
    if requested_by is not None:
        query = query.where(AskRow.requested_by == requested_by)
    return [_ask(row) for row in session.scalars(query)]


def get(session: Session, ask_id: str) -> Ask | None:
    """Return one task."""
    row = session.get(AskRow, ask_id)
    return _ask(row) if row else None


def told(session: Session, requested_by: str) -> list[Ask]:
    """Return the answers that whoever asked has not acknowledged yet, newest first."""
    query = (
        select(AskRow)
        .where(AskRow.status == CLOSED, AskRow.requested_by == requested_by, AskRow.seen_at.is_(None))
        .order_by(AskRow.closed_at.desc())
    )
    return [_ask(row) for row in session.scalars(query)]


def acknowledge(session: Session, ask_id: str, by: str) -> bool:
    """Note that whoever asked has read the answer; False when there is no such answer of theirs."""
    row = session.get(AskRow, ask_id)
    if row is None or row.status != CLOSED or row.requested_by != by:
        return False
    row.seen_at = row.seen_at or to_text(utc_now())
    session.flush()
    return True


def asked_before(session: Session, ask: Ask) -> list[Ask]:
    """Return earlier, closed questions for the same use of any of the same studies, newest first."""
    query = (
        select(AskRow)
        .where(AskRow.status == CLOSED, AskRow.purpose == ask.purpose, AskRow.opened_at < ask.opened_at)
        .order_by(AskRow.closed_at.desc())
    )
    found = (_ask(row) for row in session.scalars(query))
    return [one for one in found if set(one.studies) & set(ask.studies)]


def note_recorded(session: Session, ask_id: str, events: Iterable[str]) -> None:
    """Note which events say what was answered."""
    row = session.get_one(AskRow, ask_id)
    row.recorded = json.dumps([*json.loads(row.recorded), *events])
    session.flush()


def close(  # noqa: PLR0913  (the task, what came of it, and who says so)
    session: Session, ask_id: str, outcome: str, by: str, note: str = "", *, recorded: tuple[str, ...] = ()
) -> Ask:
    """Close a task. The answer itself is recorded as consent, amendment or refusal in the ledger.

    Parameters
    ----------
    outcome : str
        One of `OUTCOMES`.
    recorded : tuple of str
        Ids of the events that say so.

    Raises
    ------
    LookupError
        When there is no such task.
    ValueError
        For another outcome, or when the task is closed.
    """
    row = session.get(AskRow, ask_id)
    if row is None:
        raise LookupError("There is no such question.")
    if outcome not in OUTCOMES or row.status != OPEN:
        message = "This question is closed, or the outcome is not one of: " + ", ".join(OUTCOMES)
        raise ValueError(message)
    row.status, row.outcome, row.closed_by, row.note = CLOSED, outcome, by, note
    row.closed_at, row.recorded = to_text(utc_now()), json.dumps(recorded)
    session.flush()
    return _ask(row)


def _new(session: Session, wanted: Wanted) -> AskRow:
    row = AskRow(
        id=str(uuid.uuid4()),
        opened_at=to_text(utc_now()),
        decision=wanted.decision,
        requested_by=wanted.requested_by,
        role=wanted.role,
        purpose=wanted.purpose,
        recipient=wanted.recipient,
        studies=json.dumps(wanted.studies),
        questions=_dump(vars(question) for question in wanted.questions),
        reasons=_dump(vars(reason) for reason in wanted.reasons),
        reason_given=wanted.reason_given,
        digest=wanted.digest,
        status=OPEN,
        note="",
        recorded="[]",
    )
    session.add(row)
    session.flush()
    return row


def _dump(parts: Iterable[object]) -> str:
    return json.dumps(list(parts), ensure_ascii=False)


_READ = {
    "studies": lambda text: tuple(json.loads(text)),
    "questions": lambda text: tuple(ToAsk(**one) for one in json.loads(text)),
    "recorded": lambda text: tuple(json.loads(text)),
    "reasons": lambda text: tuple(AskReason(**one) for one in json.loads(text)),
}


def _ask(row: AskRow) -> Ask:
    return shaped(Ask, row, _READ)
