"""Ask tasks: who must be asked for what before the images may be used ("anonymise or ask", S3 L135)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.tasks.rows import AskRow
from consent_portal.tasks.task import Requested, Task, Tasks

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


@dataclass(frozen=True, kw_only=True)
class Wanted(Requested):
    """What an ask is opened for; the same person asking the same again finds the open task."""

    questions: tuple[ToAsk, ...]
    reasons: tuple[AskReason, ...]


@dataclass(frozen=True, kw_only=True)
class Ask(Task):
    """An ask task.

    Attributes
    ----------
    recorded : tuple of str
        Ids of the events that say what was answered.
    seen_at : str or None
        When whoever asked has acknowledged the answer.
    """

    questions: tuple[ToAsk, ...]
    reasons: tuple[AskReason, ...]
    closed_at: str | None
    closed_by: str | None
    outcome: str | None
    note: str
    recorded: tuple[str, ...]
    seen_at: str | None


_ASKS = Tasks(
    AskRow,
    Ask,
    waits=OPEN,
    ended_at="closed_at",
    lists={"questions": lambda one: ToAsk(**one), "reasons": lambda one: AskReason(**one), "recorded": str},
)


def open_ask(session: Session, wanted: Wanted) -> Ask:
    """Open a task, or return the open one for the same request of the same person, with its last decision."""
    found = _ASKS.open(session, wanted, AskRow.status == OPEN)
    if found.decision == wanted.decision:
        return found
    session.get_one(AskRow, found.id).decision = wanted.decision
    session.flush()
    return replace(found, decision=wanted.decision)


def open_of(session: Session, digest: str) -> Ask | None:
    """Return the open task for exactly this request; None where it is closed or was never opened."""
    return _ASKS.find(session, digest, AskRow.status == OPEN)


def waiting(session: Session, requested_by: str | None = None) -> list[Ask]:
    """Return the open tasks, oldest first; of one requester where named."""
    return _ASKS.waiting(session, requested_by)


def waiting_of(session: Session, study_key: str) -> list[Ask]:
    """Return the open tasks about a study, oldest first."""
    named = _ASKS.waiting(session, None, AskRow.studies.contains(study_key, autoescape=True))
    return [ask for ask in named if study_key in ask.studies]


def closed(session: Session, requested_by: str | None = None, limit: int = 50) -> list[Ask]:
    """Return the tasks that were closed last, newest first; of one requester where named."""
    return _ASKS.done(session, requested_by, limit=limit)


def get(session: Session, ask_id: str) -> Ask | None:
    """Return one task."""
    return _ASKS.get(session, ask_id)


def told(session: Session, requested_by: str) -> list[Ask]:
    """Return the answers that whoever asked has not acknowledged yet, newest first."""
    return _ASKS.done(session, requested_by, AskRow.seen_at.is_(None))


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
    earlier = _ASKS.done(session, None, AskRow.purpose == ask.purpose, AskRow.opened_at < ask.opened_at)
    return [one for one in earlier if set(one.studies) & set(ask.studies)]


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
    return _ASKS.frozen(row)
