"""What every act on held images begins with: may this person, is the image there, and can it still be decided."""

from sqlalchemy.orm import Session

from consent_portal.registers import studies
from consent_portal.registers.sight import Sight
from consent_portal.review.areas import MOST, Areas
from consent_portal.review.lists import every
from consent_portal.review.model import REVIEWERS, HeldImage, Reviewer, State
from consent_portal.review.refusals import DraftMoved, NotPossible, Unknown
from consent_portal.services.context import Site

LONGEST = 2000
"""Characters of a reason."""
_MEANWHILE = "%(by)s decided this image meanwhile: %(outcome)s. Yours was not recorded."
_NOT_NEEDED = "This image is not needed any more, and nothing of yours was recorded. %(why)s"
_OUTSIDE = (
    "An area is empty or reaches outside the image (%(columns)d x %(rows)d pixels, frames: %(frames)d). Correct it."
)


def images_of(session: Session, study_key: str, reviewer: Reviewer, site: Site) -> dict[str, HeldImage]:
    """Return the held images of a study by their ids, on every basis, for somebody who may decide them.

    Raises
    ------
    NotPossible
        When the role may not.
    Unknown
        When there is no such study, or it is another department's.
    """
    if reviewer.role not in REVIEWERS:
        raise NotPossible("Your role does not decide about images; ask a clinician or Medical Illustration.")
    study = studies.by_key(session, study_key)
    if study is None or _is_anothers(reviewer, study.departments, study.departments_by):
        raise Unknown
    return {one.id: one for one in every(session, study_key, site)}


def _is_anothers(reviewer: Reviewer, departments: str, version: str) -> bool:
    return isinstance(reviewer.sight, Sight) and not reviewer.sight.sees(departments, version)


def open_image(images: dict[str, HeldImage], image_id: str, revision: int) -> HeldImage:
    """Return an image that can be drawn on and decided, as it was when the page was opened.

    Raises
    ------
    Unknown, NotPossible, DraftMoved
    """
    image = images.get(image_id)
    if image is None:
        raise Unknown
    check_open(image)
    if image.draft.revision != revision:
        raise DraftMoved(image.draft, image.id)
    return image


def check_open(image: HeldImage) -> None:
    """Refuse an image that nobody can decide any more.

    Raises
    ------
    NotPossible
    """
    if image.state is State.DECIDED and image.decided is not None:
        raise NotPossible(_MEANWHILE, image.id, by=image.decided.by, outcome=image.decided.outcome)
    if image.state is State.WITHDRAWN:
        raise NotPossible(_NOT_NEEDED, image.id, why=image.state_why)
    if image.state is State.ENDED:
        raise NotPossible(image.state_why, image.id)


def check_areas(image: HeldImage, areas: Areas) -> None:
    """Refuse areas that are not in the image.

    Raises
    ------
    NotPossible
    """
    if len(areas) > MOST:
        text = "More than %(most)d areas are too many for one image; join some of them."
        raise NotPossible(text, image.id, most=MOST)
    if any(not one.is_inside(image.rows, image.columns, image.frames) for one in areas):
        raise NotPossible(_OUTSIDE, image.id, columns=image.columns, rows=image.rows, frames=image.frames)


def check_reason(reason: str, image: HeldImage) -> None:
    """Refuse a reason that is too long to be read.

    Raises
    ------
    NotPossible
    """
    if len(reason) > LONGEST:
        raise NotPossible("Say why in at most %(longest)d characters.", image.id, longest=LONGEST)
