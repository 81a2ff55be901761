"""The review at maturity as one act: a review that changed or ended something is whole only with that (GMC 35).

A review lets what a parent agreed to stand again. So a withdrawal is written with it, and a change has to be recorded
before it: else the page would open what the young person has just closed.
"""

from sqlalchemy.orm import Session

from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.levels import SECONDARY
from consent_portal.ledger.payloads import Given, GrantorKind, ReviewedAtMaturity, Withdrawn
from consent_portal.services import acts, queries


def review(session: Session, subject: acts.Subject, said: ReviewedAtMaturity, actor: acts.Actor) -> acts.Act:
    """Record what the young person said when asked; returns the withdrawal where that is what was said.

    Raises
    ------
    Refusal
        When something was changed and the young person's own form is not recorded yet.
    """
    if said.outcome == "varied" and not _own_form_last(queries.history(session, subject.study)):
        raise Refusal("Record first what the young person changed (Amend consent, answered by the patient).")
    done = acts.review_at_maturity(session, subject, said, actor)
    if said.outcome != "withdrawn":
        return done
    back = Withdrawn(levels=SECONDARY, reason=said.note or "Said at the review at maturity")
    return acts.withdraw(session, subject, back, actor)


def _own_form_last(events: list[Event]) -> bool:
    gone = {event.supersedes for event in events if event.type is EventType.INVALIDATED}
    given = [event.payload for event in events if isinstance(event.payload, Given) and event.id not in gone]
    return bool(given) and given[-1].grantor.kind is GrantorKind.PATIENT
