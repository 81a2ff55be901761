"""The consent summary of a study: the four levels, and what each purpose would get (docs/contract/consent-summary)."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from consent_portal.ledger.levels import Level
from consent_portal.ledger.status import ConsentStatus
from consent_portal.policy.decide import decide
from consent_portal.policy.facts import AttestedFacts, RequestFacts
from consent_portal.policy.kinds import Kind
from consent_portal.policy.model import Decision, Policy
from consent_portal.registers.studies import Study
from consent_portal.services.decisions import facts_of

FAVOURABLE = AttestedFacts(
    identifiable="no", unusual_finding="no", damage_or_distress="no", motivated_intruder_checked=True
)
"""The questions answered so that nothing speaks against the use."""


@dataclass(frozen=True)
class Summary:
    """What the recorded consent means for one study.

    Attributes
    ----------
    purposes : dict
        The answer for each of the fifteen purposes, with favourable attestations and without register keys.
    """

    kind: Kind
    consent: ConsentStatus
    purposes: dict[str, Decision]

    @property
    def states(self) -> dict[str, str]:
        """Return the answers by level name."""
        return {str(level): str(self.consent.state(level)) for level in Level}


def summarise(session: Session, study: Study, role: str, policy: Policy) -> Summary:
    """Return the summary as it is for somebody of that role."""
    subject = facts_of(session, study, policy)
    purposes = {key: decide([subject], _plain(key, role), policy) for key in policy.purposes}
    return Summary(subject.kind, subject.consent, purposes)


def _plain(purpose: str, role: str) -> RequestFacts:
    return RequestFacts(purpose=purpose, role=role, taking_away=False, attested=FAVOURABLE, facts=frozenset({"inside"}))
