"""The policy as it stands here, for pages that say what would be possible."""

from sqlalchemy.orm import Session

from consent_portal.parts import parts
from consent_portal.policy.model import Policy
from consent_portal.services import policy as policies


def policy_in_force(session: Session) -> Policy:
    """Return the policy with the switches that are wanted and signed."""
    portal = parts()
    return policies.present(session, portal.policy, portal.settings.site.switches)
