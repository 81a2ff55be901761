"""The page of one held image: its picture, what the machine found, the areas, and what shall become of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from consent_portal.engine_pictures import Facts, PicturesError
from consent_portal.parts import parts
from consent_portal.review.areas import Area
from consent_portal.review.model import FACE, Draft, HeldImage
from consent_portal.web.frame.errors import Explanation
from consent_portal.web.images.present import grant_of, name_among, name_of, pictures_of
from consent_portal.web.images.rule_words import RuleWords, method_words, rule_words
from consent_portal.web.viewer import answers
from consent_portal.web.viewer import areas as written
from consent_portal.web.viewer.look import asked_for, frame_of, window_of
from consent_portal.web.viewer.person import person
from consent_portal.web.viewer.viewed import Viewed


@dataclass(frozen=True)
class Row:
    """An area in the list, with its fields as they are or were typed; `frame` counts from 1, "" is every frame."""

    left: str
    top: str
    width: str
    height: str
    frame: str
    found: bool = False


@dataclass(frozen=True)
class Finding:
    """A place that the machine has found, and whether an area covers it."""

    area: Area
    words: str
    covered: bool


@dataclass(frozen=True, kw_only=True)
class Editor:
    """What the page of one image shows.

    Attributes
    ----------
    trouble : Explanation or None
        Why no picture can be shown.
    others : Draft or None
        What another person has saved meanwhile.
    """

    held: HeldImage
    name: str
    rule: RuleWords
    viewed: Viewed
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    revision: int
    undoable: bool
    trouble: Explanation | None
    others: Draft | None
    asks_of_face: bool
    before: str
    after: str
    place: str
    look: str


def facts_of(held: HeldImage) -> tuple[Facts | None, Explanation | None]:
    """Return what the engine says of an image, or why it says nothing."""
    pictures = parts().pictures
    if pictures is None:
        return None, answers.AWAY
    try:
        return pictures.held_facts(held.ticket, person()), None
    except PicturesError as error:
        return None, answers.words_of(error)[1]


def editor_of(
    images: Sequence[HeldImage],
    held: HeldImage,
    areas: Sequence[Area] | None = None,
    others: Draft | None = None,
    typed: Sequence[Row] | None = None,
) -> Editor:
    """Return the page of an image.

    Parameters
    ----------
    images : sequence of HeldImage
        All of the study, for the way to the next.
    areas : sequence of Area, optional
        What somebody has in their form, in place of what was saved.
    others : Draft, optional
        What another person saved meanwhile.
    typed : sequence of Row, optional
        Fields that hold something else than numbers, to be put right.
    """
    facts, trouble = facts_of(held)
    drawn = tuple(held.draft.areas if areas is None else areas)
    viewed = _viewed(held, facts, drawn)
    place = images.index(held)
    around = [images[at] if 0 <= at < len(images) else None for at in (place - 1, place + 1)]
    return Editor(
        held=held,
        name=name_among(images, held),
        rule=rule_words(held.rule),
        viewed=viewed,
        rows=tuple(_row(one, held) for one in drawn) if typed is None else tuple(typed),
        findings=tuple(_finding(one, drawn) for one in held.proposed),
        revision=(others or held.draft).revision,
        undoable=held.draft.undoable and others is None,
        trouble=trouble,
        others=others,
        asks_of_face=held.rule == FACE,
        before=_address(around[0]),
        after=_address(around[1]),
        place=_("%(at)d of %(all)d", at=place + 1, all=len(images)),
        look="&".join(f"{name}={value}" for name, value in viewed.numbers.items()),
    )


def _address(held: HeldImage | None) -> str:
    return "" if held is None else address_of(held)


def address_of(held: HeldImage, **more: Any) -> str:
    """Return where one image is looked at."""
    return url_for("images.study", study=held.study, image=held.id, **more)


def _viewed(held: HeldImage, facts: Facts | None, areas: tuple[Area, ...]) -> Viewed:
    window = window_of(request.args)
    return Viewed(
        name=name_of(held),
        columns=held.columns,
        rows=held.rows,
        proportion=held.proportion,
        frames=held.frames,
        frame=frame_of(
            request.values if request.method == "GET" else {"frame": request.form.get("at", "1")}, held.frames
        ),
        pictures=pictures_of(held),
        grant=grant_of(held),
        page=lambda frame: address_of(held, frame=frame, **asked_for(window), _anchor="viewer"),
        fields={"image": held.id},
        window=window,
        windows=facts.windows if facts else (),
        colour=bool(facts and facts.colour),
        areas=areas,
        found=tuple(one.area for one in held.proposed),
        covered=request.args.get("covered") == "1",
        editable=True,
    )


def _row(area: Area, held: HeldImage) -> Row:
    found = any(one.area == area for one in held.proposed)
    frame = "" if area.frame is None else str(area.frame + 1)
    width, height = area.right - area.left, area.bottom - area.top
    return Row(str(area.left), str(area.top), str(width), str(height), frame, found)


def _finding(found: Any, drawn: Sequence[Area]) -> Finding:
    covered = any(written.holds(one, found.area) for one in drawn)
    return Finding(found.area, method_words(found.method, sure=found.sure), covered)
