"""Closes the questions that what was recorded answers."""

from sqlalchemy.orm import Session

from consent_portal.ledger.events import Event
from consent_portal.policy.model import Outcome, Policy
from consent_portal.registers import studies as register
from consent_portal.registers.studies import Study
from consent_portal.services.possible_outcome import would_be
from consent_portal.tasks import asks
from consent_portal.tasks.asks import Ask


def close_answered(session: Session, study: Study, event: Event, policy: Policy) -> list[Ask]:
    """Close the open questions about `study` that `event` answers, yes or no; needs a writing session."""
    closed = []
    for ask in asks.waiting(session):
        outcome = _answer(session, ask, policy) if study.key in ask.studies else None
        if outcome:
            closed.append(asks.close(session, ask.id, outcome, event.recorded_by, recorded=(event.id,)))
    return closed


def _answer(session: Session, ask: Ask, policy: Policy) -> str | None:
    found = [register.by_key(session, key) for key in ask.studies]
    studies = [study for study in found if study is not None]
    decision = would_be(session, studies, ask.purpose, ask.role, policy)
    said = [answer.reasons for answer in decision.subjects]
    if any(policy.rules["refused"] in reasons for reasons in said):
        return "declined"
    # Papers that a use needs besides (an ethics entry, an undertaking) are no answer of the patient's.
    agreed = decision.outcome is Outcome.PERMIT or all(policy.rules["consent"] in reasons for reasons in said)
    return "agreed" if agreed else None
