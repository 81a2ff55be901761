"""How much waits for the person who is signed in."""

from flask_security import current_user

from consent_portal.parts import parts
from consent_portal.tasks import asks, recalls, reviews
from consent_portal.web.access import Role


def counts(role: Role) -> dict[str, int]:
    """Return how many things wait, by the endpoint that lists them."""
    user = current_user.username
    own = role in {Role.CLINICIAN, Role.TRAINER}
    with parts().database.reading() as session:
        held = [review for review in reviews.waiting(session) if review.requested_by.casefold() != user.casefold()]
        return {
            "asks.index": len(asks.waiting(session, user if own else None)),
            "reviews.index": len(held),
            "recalls.index": len(recalls.waiting(session)),
        }
