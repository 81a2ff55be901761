"""The answer for a purpose when the export form's questions are answered favourably and no register entry is given.

The same assumption as the consent summary's, for pages that must say what would be possible.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from consent_portal.parts import parts
from consent_portal.policy.facts import RequestFacts
from consent_portal.policy.model import Decision, Policy
from consent_portal.registers.studies import Study
from consent_portal.services import decisions
from consent_portal.services import policy as policies
from consent_portal.services.context import Site
from consent_portal.services.summary import FAVOURABLE


def policy_in_force(session: Session) -> Policy:
    """Return the policy with the switches that are wanted and signed."""
    portal = parts()
    return policies.present(session, portal.policy, portal.settings.site.switches)


def site_now(session: Session) -> Site:
    """Return what holds here and now: the policy in force, and where Orthanc may push to."""
    return Site(policy_in_force(session), parts().settings.gate.destinations)


def would_be(session: Session, studies: Sequence[Study], purpose: str, role: str) -> Decision:
    """Return what the answer would be, without recording anything."""
    request = RequestFacts(
        purpose=purpose, role=role, taking_away=True, attested=FAVOURABLE, facts=frozenset({"inside", "reason"})
    )
    return decisions.decide_studies(session, studies, request, policy_in_force(session))
