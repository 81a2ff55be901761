"""Saves what a reviewer draws, carries it to other images, and takes it back. Nobody's areas are lost without a word.

Each save says which revision it was made from: one from an older revision is refused and shown what stands now.
"""

import uuid
from dataclasses import dataclass, replace

from sqlalchemy import delete
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.review.acting import check_areas, check_reason, images_of, open_image
from consent_portal.review.areas import Areas, carried, dumped, in_order, on_every_frame
from consent_portal.review.lists import one as one_image
from consent_portal.review.model import Draft, HeldImage, Outcome, Reviewer, Scope, State
from consent_portal.review.refusals import NothingToUndo, Unknown
from consent_portal.review.rows import HeldImageRow, ImageDraftRow
from consent_portal.review.standing import KEPT, draft_of, latest_drafts
from consent_portal.services.context import Site

NO_WAY_BACK = -1
"""In place of the revision that undoing goes back to."""


@dataclass(frozen=True)
class DraftWanted:
    """What a reviewer saves of one image, and to what it is carried.

    Attributes
    ----------
    frame : int or None
        Beyond `Scope.FRAME`, the areas of this frame are made areas of every frame; those of all frames for None.
    """

    areas: Areas
    outcome: Outcome | None = None
    no_face: bool = False
    recognisable: bool = False
    reason: str = ""
    scope: Scope = Scope.FRAME
    frame: int | None = None


@dataclass(frozen=True)
class Saved:
    """The draft as it stands now, and how many other images it was carried to, or could not be."""

    draft: Draft
    carried: int = 0
    not_carried: int = 0


def save(  # noqa: PLR0913, PLR0917  (where, what, from which revision, and by whom)
    session: Session,
    study_key: str,
    image_id: str,
    wanted: DraftWanted,
    revision: int,
    reviewer: Reviewer,
    site: Site,
) -> Saved:
    """Save a draft, and carry it as far as its scope goes.

    Parameters
    ----------
    session : Session
        A writing one.
    revision : int
        Of the draft that the reviewer had before them.

    Raises
    ------
    Unknown, NotPossible, DraftMoved
    """
    images = images_of(session, study_key, reviewer, site)
    image = open_image(images, image_id, revision)
    areas = in_order(wanted.areas)
    areas = areas if wanted.scope is Scope.FRAME else on_every_frame(areas, wanted.frame)
    check_areas(image, areas)
    check_reason(wanted.reason.strip(), image)
    act = str(uuid.uuid4())
    mine = replace(_said(image.draft, wanted), areas=areas)
    _write(session, image, mine, act, reviewer)
    shown = [one for one in images.values() if one.id != image_id and one.state is not State.ENDED]
    others = [one for one in shown if _is_meant(image, one, wanted.scope)]
    fitting = [one for one in others if one.is_open and (one.rows, one.columns) == (image.rows, image.columns)]
    for one in fitting:
        _write(session, one, _carried(image.draft, mine, one, wanted, reviewer), act, reviewer)
    session.flush()
    return Saved(_now(session, study_key, image_id), len(fitting), len(others) - len(fitting))


def _is_meant(image: HeldImage, other: HeldImage, scope: Scope) -> bool:
    if scope is Scope.SERIES:
        return other.series_uid == image.series_uid
    return scope is Scope.LIKE and _likeness(other) == _likeness(image)


def _likeness(image: HeldImage) -> tuple[int, int, str, str]:
    return image.rows, image.columns, image.modality, image.kind


def _said(draft: Draft, wanted: DraftWanted) -> Draft:
    return replace(
        draft,
        outcome=wanted.outcome,
        no_face=wanted.no_face,
        recognisable=wanted.recognisable,
        reason=wanted.reason.strip(),
    )


def _carried(before: Draft, after: Draft, other: HeldImage, wanted: DraftWanted, reviewer: Reviewer) -> Draft:
    """Return another image's draft after the change; an outcome that another person gave stays."""
    there = other.draft
    is_own = there.by in {"", reviewer.user}
    areas = carried(before.areas, after.areas, there.areas, is_own=is_own)
    says = wanted.outcome is not None and (is_own or there.outcome is None)
    return replace(_said(there, wanted) if says else there, areas=areas)


def _write(session: Session, image: HeldImage, draft: Draft, act: str, reviewer: Reviewer) -> None:
    add_state(session, image, draft, act, reviewer.user, before=image.draft.revision)


def add_state(  # noqa: PLR0913, PLR0917  (a state of a draft is all of these)
    session: Session, image: HeldImage, draft: Draft, act: str, user: str, before: int
) -> None:
    """Add the next state of an image's draft, and forget those too old to go back to."""
    revision = image.draft.revision + 1
    session.add(
        ImageDraftRow(
            held=image.id, revision=revision, before=before, act=act, areas=dumped(draft.areas),
            outcome=draft.outcome or "", no_face=draft.no_face, recognisable=draft.recognisable, reason=draft.reason,
            by=user, at=to_text(utc_now()),
        )
    )  # fmt: skip
    if revision > KEPT:
        session.execute(
            delete(ImageDraftRow).where(ImageDraftRow.held == image.id, ImageDraftRow.revision <= revision - KEPT)
        )


def undo(  # noqa: PLR0913, PLR0917  (as `save`)
    session: Session, study_key: str, image_id: str, revision: int, reviewer: Reviewer, site: Site
) -> Saved:
    """Take back the last save of an image, and on the images that it was carried to where nothing came after.

    Raises
    ------
    Unknown, NotPossible, DraftMoved, NothingToUndo
    """
    images = images_of(session, study_key, reviewer, site)
    image = open_image(images, image_id, revision)
    if not image.draft.undoable:
        raise NothingToUndo(image_id)
    standing = {row.held: row for row in latest_drafts(session, images)}
    act = standing[image_id].act
    together = [images[held] for held, row in standing.items() if row.act == act and images[held].is_open]
    back = [one for one in together if one.draft.undoable]
    undone = str(uuid.uuid4())
    for one in back:
        _take_back(session, one, standing[one.id].before, undone, reviewer)
    session.flush()
    return Saved(_now(session, study_key, image_id), len(back) - 1, len(together) - len(back))


def _take_back(session: Session, image: HeldImage, to: int, act: str, reviewer: Reviewer) -> None:
    row = session.get_one(HeldImageRow, image.id)
    earlier = session.get(ImageDraftRow, (image.id, to)) if to else None
    before = earlier.before if earlier is not None else NO_WAY_BACK
    add_state(session, image, draft_of(row, earlier, image.decided), act, reviewer.user, before)


def _now(session: Session, study_key: str, image_id: str) -> Draft:
    found = one_image(session, study_key, image_id, None)
    if found is None:
        raise Unknown
    return found.draft
