"""The policy as it stands here, for pages that say what would be possible."""

from sqlalchemy.orm import Session

from consent_portal.parts import parts
from consent_portal.policy.model import Policy
from consent_portal.services import policy as policies
from consent_portal.services.context import Site


def policy_in_force(session: Session) -> Policy:
    """Return the policy with the switches that are wanted and signed."""
    portal = parts()
    return policies.present(session, portal.policy, portal.settings.site.switches)


def site_now(session: Session) -> Site:
    """Return what holds here and now: the policy in force, and where Orthanc may push to."""
    settings = parts().settings
    return Site(policy_in_force(session), settings.gate.destinations, settings.of_departments)
