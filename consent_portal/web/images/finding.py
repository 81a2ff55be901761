"""What every page of held images begins with: the study, its images, and who looks."""

from flask import Blueprint, abort
from flask_security import current_user

from consent_portal.parts import parts
from consent_portal.registers import studies as register
from consent_portal.registers.studies import Study
from consent_portal.review import lists
from consent_portal.review.model import HeldImage, Reviewer
from consent_portal.web.frame.access import Role, role_of_user
from consent_portal.web.frame.policy_in_force import site_now

blueprint = Blueprint("images", __name__, template_folder="templates", url_prefix="/images")
REVIEWERS = (Role.CLINICIAN, Role.MEDICAL_ILLUSTRATION)
LISTERS = (*REVIEWERS, Role.CALDICOTT_GUARDIAN)


def may_look() -> bool:
    """Whether whoever is signed in may see a held picture."""
    return role_of_user() in REVIEWERS


def reviewer() -> Reviewer:
    """Return who acts."""
    return Reviewer(current_user.username, str(role_of_user() or ""))


def of_study(key: str) -> tuple[Study, list[HeldImage]]:
    """Return a study and its held images; 404 where there are none, or they are another department's."""
    with parts().database.reading() as session:
        known = register.by_key(session, key)
        images = list(lists.of_study(session, key, site_now(session)))
    if known is None or not images:
        abort(404)
    return known, images


def chosen(images: list[HeldImage], image_id: str) -> HeldImage:
    """Return the image of an id; 404 where it is none of the study's."""
    return next((one for one in images if one.id == image_id), None) or abort(404)


def one_image(study_key: str, image_id: str) -> HeldImage:
    """Return one image alone; 404 where there is none."""
    with parts().database.reading() as session:
        found = lists.one(session, study_key, image_id, site_now(session))
    return found or abort(404)
