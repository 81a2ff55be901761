"""Who looks, as the engine is told."""

from flask_security import current_user

from consent_portal.engine_pictures import Person
from consent_portal.web.frame.access import role_of_user


def person() -> Person:
    """Return who asks the engine for a picture."""
    return Person(current_user.username, str(role_of_user() or ""))
