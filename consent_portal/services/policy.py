"""The policy in force: the shipped table with the switches that the site wants and the Guardian signed (R65)."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from consent_portal.ledger import store
from consent_portal.ledger.events import EventType
from consent_portal.ledger.payloads import PolicySigned
from consent_portal.policy.load import in_force
from consent_portal.policy.model import Policy


def present(session: Session, shipped: Policy, switches: Mapping[str, bool]) -> Policy:
    """Return the policy in force now.

    Parameters
    ----------
    switches : mapping
        ``[site.switches]``.
    """
    return in_force(shipped, switches, signed(session, shipped))


def signed(session: Session, shipped: Policy) -> tuple[str, ...]:
    """Return the switches of the last signature, if it was for this very version."""
    signatures = [event.payload for event in store.events_of_type(session, EventType.POLICY_SIGNED)]
    last = signatures[-1] if signatures else None
    if not isinstance(last, PolicySigned) or last.policy_version != shipped.version:
        return ()
    return last.switches
