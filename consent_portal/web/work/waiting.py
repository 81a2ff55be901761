"""How much waits for the person who is signed in."""

from flask_security import current_user
from sqlalchemy.orm import Session

from consent_portal.clock import local_day, utc_now
from consent_portal.parts import parts
from consent_portal.publishing import displays, versions
from consent_portal.review import lists
from consent_portal.review.model import LISTERS
from consent_portal.services import called_back, identity
from consent_portal.tasks import asks, breaches, recalls, reviews
from consent_portal.web.frame.access import Role
from consent_portal.web.frame.policy_in_force import site_now
from notices.versions import State

KEEPERS = {Role.MEDICAL_ILLUSTRATION, Role.CALDICOTT_GUARDIAN}
NOTICES = {Role.DEPARTMENT_ADMIN, Role.MEDICAL_ILLUSTRATION, Role.CALDICOTT_GUARDIAN}


def _notices(session: Session, role: Role) -> dict[str, int]:
    """Return the versions that wait for this role's step, and the places that need a visit."""
    known = versions.every(session)
    mine = State.CHECKED if role is Role.CALDICOTT_GUARDIAN else State.APPROVED
    published = [one for one in known if any(step.state is State.PUBLISHED for step in one.steps)]
    late = [one for one in displays.every(session, published, local_day(utc_now())) if one.reason]
    return {"notice_versions.index": sum(one.state is mine for one in known), "displays.index": len(late)}


def counts(role: Role) -> dict[str, int]:
    """Return how many things wait, by the endpoint that lists them."""
    user = current_user.username
    own = role in {Role.CLINICIAN, Role.TRAINER}
    with parts().database.reading() as session:
        gone = called_back.overtaken(session, site_now(session))
        held = [review for review in reviews.waiting(session) if review.requested_by.casefold() != user.casefold()]
        return {
            "asks.index": len(asks.waiting(session, user if own else None)),
            "reviews.index": sum(review.id not in gone for review in held),
            "recalls.index": len(recalls.waiting(session)),
            "copies.index": len(recalls.held_by(session, user)),
            "breaches.index": sum(breach.is_open for breach in breaches.every(session)),
            **({"images.index": lists.how_many_wait(session)} if role in LISTERS else {}),
            **({"identity.index": len(identity.doubtful(session))} if role in KEEPERS else {}),
            **(_notices(session, role) if role in NOTICES else {}),
        }
