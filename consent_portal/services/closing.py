"""Why nothing leaves beyond direct care at this moment, whatever the patients said (F1, F21, F22)."""

import uuid

from sqlalchemy.orm import Session

from consent_portal.clock import utc_now
from consent_portal.contract import Content, DecisionRequest
from consent_portal.ledger import store
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.status import ConsentStatus, LevelStatus
from consent_portal.ledger.timekeeping import behind, disagreement
from consent_portal.policy.decide import decide
from consent_portal.policy.facts import AttestedFacts, RequestFacts, SubjectFacts
from consent_portal.policy.model import Decision, Policy, Reason

SOURCE = "architecture.md, step 2"


def by_the_clock(session: Session) -> Reason | None:
    """Return the reason where the clock stands before the ledger's last entry (ADR 0124); None where it does not."""
    now, last = utc_now(), store.last_recorded_at(session)
    if last is None or not behind(now, last):
        return None
    text = f"Nothing leaves beyond direct care while the clocks disagree. {disagreement(now, last)}"
    return Reason("F21", text, SOURCE)


def by_the_ledger(missing: str) -> Reason:
    """Return the reason where the home's own ledger is not there (ADR 0125)."""
    return Reason("F22", missing, SOURCE)


def decide_without_a_ledger(asked: DecisionRequest, policy: Policy, reason: Reason) -> Decision:
    """Answer a request while there is no ledger to ask: care is permitted, everything else is denied with the reason.

    Nothing is looked up, and nothing is recorded: the engine records what went out in care when the ledger is back.
    """
    request = RequestFacts(
        purpose=asked.request.purpose,
        role=asked.request.sender.role,
        taking_away=True,
        attested=AttestedFacts(),
    )
    return decide([_unknown(subject.contents, policy, reason) for subject in asked.subjects], request, policy)


def purposes_without_a_ledger(contents: tuple[Content, ...], role: str, policy: Policy, reason: Reason) -> "Closed":
    """Return what is shown of a study while there is no ledger to ask."""
    subject = _unknown(contents, policy, reason)
    asked = {key: RequestFacts(purpose=key, role=role, taking_away=False) for key in policy.purposes}
    return subject, {key: decide([subject], request, policy) for key, request in asked.items()}


Closed = tuple[SubjectFacts, dict[str, Decision]]


def _unknown(contents: tuple[Content, ...], policy: Policy, reason: Reason) -> SubjectFacts:
    levels = {level: LevelStatus(level, LevelState.UNKNOWN, reason.text) for level in Level}
    kind = policy.kinds.kind_of(contents)
    return SubjectFacts(kind, may_show_a_face=True, consent=ConsentStatus(levels=levels), closed=reason)


def number() -> str:
    """Return the number of an answer that is written nowhere."""
    return str(uuid.uuid4())
