"""Who records something at a page."""

from flask_security import current_user
from sqlalchemy.orm import Session

from consent_portal.services.acts import Actor
from consent_portal.web.frame.policy_in_force import policy_in_force


def actor(session: Session) -> Actor:
    """Return whoever is signed in, under the policy in force."""
    return Actor(current_user.username, policy_in_force(session))
