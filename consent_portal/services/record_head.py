"""The head of a record: whoever changes it has seen its last entry, or is told that it has moved (portal.md L1)."""

from sqlalchemy.orm import Session

from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.kinds import KINDS
from consent_portal.ledger.kinds.kind import Writer
from consent_portal.ledger.rules.refusal import Refusal
from consent_portal.registers.studies import Study
from consent_portal.services import queries


class Moved(Refusal):
    """The record has changed since whoever acts looked at it; nothing was written (a lost update, portal.md L1)."""

    def __init__(self, head: int) -> None:
        self.head = head
        super().__init__(
            f"The record has changed since you looked: its last entry is number {head} now. Look at it again, and "
            "record again what still holds."
        )


def head(session: Session, study: Study) -> int:
    """Return the number of the last event by which the record of a study or its patient was changed; 0 for none.

    A release or a recall moves nothing: it changes no answer. Details that the archive changed do (ADR 0161).
    """
    return max((event.seq for event in queries.history(session, study) if _moves(event)), default=0)


def _moves(event: Event) -> bool:
    is_said = KINDS[event.type].writer is Writer.PERSON and event.type not in _OF_COPIES
    return is_said or event.type is EventType.DETAILS_CHANGED


_OF_COPIES = frozenset({EventType.RECALL_SENT, EventType.RECALL_CONFIRMED, EventType.PUBLISHED})


def check_seen(session: Session, study: Study, expected: int | None) -> None:
    """Refuse what was decided on another state of the record than the present one.

    Parameters
    ----------
    expected : int or None
        The `head` that whoever acts has seen; None where nobody looked, which nothing is held against.

    Raises
    ------
    Moved
    """
    found = head(session, study) if expected is not None else None
    if found is not None and found != expected:
        raise Moved(found)
