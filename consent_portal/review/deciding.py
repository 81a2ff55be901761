"""Records what a person decided of held images: all that has an outcome in one act, or nothing."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy import Table, delete, update
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.ledger import evidence, journal, store
from consent_portal.registers import studies
from consent_portal.review.acting import check_areas, check_open, check_reason, images_of, open_image
from consent_portal.review.areas import dumped
from consent_portal.review.drafting import NO_WAY_BACK, add_state
from consent_portal.review.model import FACE, HeldImage, Outcome, Reviewer, State
from consent_portal.review.refusals import NotPossible, Unknown
from consent_portal.review.rows import HeldImageRow, ImageDraftRow, ImageReviewRow
from consent_portal.services.context import Site

_TABLE = cast(Table, ImageReviewRow.__table__)
ACTION = "review-images"
"""In the access journal: somebody looked at a patient's held images and decided."""


@dataclass(frozen=True)
class Act:
    """What was recorded at once: how many images may leave, may not, and show something recognisable (R28)."""

    id: str
    released: int
    withheld: int
    recognisable: int


def decide(session: Session, study_key: str, seen: Mapping[str, int], reviewer: Reviewer, site: Site) -> Act:
    """Record every image in `seen` whose draft has an outcome.

    Parameters
    ----------
    session : Session
        A writing one.
    seen : mapping
        Ids of held images, each with the revision of its draft that the reviewer had before them.

    Raises
    ------
    Unknown, NotPossible, DraftMoved
        Then nothing was recorded.
    """
    images = images_of(session, study_key, reviewer, site)
    opened = [open_image(images, image_id, revision) for image_id, revision in seen.items()]
    decided = [image for image in opened if image.draft.outcome is not None]
    if not decided:
        raise NotPossible("Nothing was recorded: no image has an outcome yet. Choose one for each that you decide.")
    for image in decided:
        _check(image)
    act = Act(
        id=str(uuid.uuid4()),
        released=sum(one.draft.outcome is Outcome.RELEASE for one in decided),
        withheld=sum(one.draft.outcome is Outcome.WITHHOLD for one in decided),
        recognisable=sum(one.draft.recognisable for one in decided),
    )
    _record(session, decided, act, reviewer, State.DECIDED)
    return act


def take_back(  # noqa: PLR0913  (one image of one study, why, and by whom)
    session: Session, study_key: str, image_id: str, *, reason: str, reviewer: Reviewer, site: Site
) -> Act:
    """Take back what was decided of an image: it counts no more, and the image waits to be looked at again.

    A package that was made by it and has not been fetched is destroyed by the engine when somebody asks for it.

    Parameters
    ----------
    session : Session
        A writing one.
    reason : str
        Why, in the reviewer's words; it has to be given.

    Raises
    ------
    Unknown, NotPossible
        Then nothing was recorded.
    """
    image = images_of(session, study_key, reviewer, site).get(image_id)
    if image is None:
        raise Unknown
    if image.state is not State.DECIDED or image.decided is None:
        raise NotPossible("Nothing stands of this image that could be taken back.", image.id)
    if not reason.strip():
        raise NotPossible("Say why the decision is taken back.", image.id)
    check_reason(reason, image)
    act = Act(str(uuid.uuid4()), 0, 0, 0)
    kept = replace(
        image.draft,
        areas=image.decided.areas,
        outcome=Outcome.TAKEN_BACK,
        no_face=False,
        recognisable=False,
        reason=reason.strip(),
    )
    _record(session, [replace(image, draft=kept)], act, reviewer, State.WAITING)
    return act


def _check(image: HeldImage) -> None:
    draft = image.draft
    check_open(image)
    check_areas(image, draft.areas)
    check_reason(draft.reason, image)
    if draft.outcome is Outcome.WITHHOLD and not draft.reason:
        raise NotPossible("Say why this image is withheld.", image.id)
    if draft.recognisable and not draft.reason:
        raise NotPossible("Say what in this image is recognisable (R28).", image.id)
    if draft.outcome is Outcome.RELEASE and image.rule == FACE and not (draft.no_face or draft.recognisable):
        text = "This image is held for a face. Say that there is none, or that somebody is recognisable (R28)."
        raise NotPossible(text, image.id)


def _record(session: Session, images: list[HeldImage], act: Act, reviewer: Reviewer, becomes: State) -> None:
    now, (head, _hash) = to_text(utc_now()), store.head(session)
    session.flush()
    evidence.enter(session, _TABLE, [_row(image, act.id, reviewer, now, head) for image in images])
    for image in images:
        session.execute(update(HeldImageRow).where(HeldImageRow.id == image.id).values(status=becomes))
        rest = replace(image.draft, outcome=None, reason=image.draft.reason if becomes is State.DECIDED else "")
        session.execute(delete(ImageDraftRow).where(ImageDraftRow.held == image.id))
        add_state(session, image, rest, act.id, reviewer.user, NO_WAY_BACK)
    _note(session, images, act, reviewer)


def _row(image: HeldImage, act: str, reviewer: Reviewer, now: str, head: int) -> dict[str, object]:
    draft = image.draft
    return {
        "id": str(uuid.uuid4()),
        "held": image.id,
        "image": image.image,
        "basis": image.basis,
        "study_key": image.study,
        "act": act,
        "outcome": str(draft.outcome),
        "areas": dumped(draft.areas),
        "no_face": draft.no_face,
        "recognisable": draft.recognisable,
        "reason": draft.reason,
        "by": reviewer.user,
        "role": reviewer.role,
        "at": now,
        "ledger_head": head,
    }


def _note(session: Session, images: list[HeldImage], act: Act, reviewer: Reviewer) -> None:
    study = studies.by_key(session, images[0].study)
    counted = {"act": act.id, "released": act.released, "withheld": act.withheld}
    look = journal.Access(
        reviewer.user, reviewer.role, ACTION, images[0].study, study.patient_key if study else None, counted
    )
    journal.note(session, look)
