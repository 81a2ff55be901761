"""From what was seen, or what a person decided, to a source in whose pixels it is no more."""

import mmap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.errors import HeldBackError
from orthanc_plugin.deid.outcome import PixelNote
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.face_sight import FaceSight
from orthanc_plugin.deid.pixels.looking import look
from orthanc_plugin.deid.pixels.matrix import as_stored
from orthanc_plugin.deid.pixels.redaction import CannotRedactError, redact
from orthanc_plugin.deid.pixels.sight import Sight
from orthanc_plugin.deid.reviewed import Reviewed

Masks = Mapping[int, NDArray[np.bool_]]
_ROUNDS = 3  # of covering and looking again: a letter cut in two by a box may look like another


@dataclass(frozen=True, slots=True)
class ChangedPixels:
    """The source with other pixels, None where they stay as they are; and what was done, in words."""

    data: bytes | None
    note: PixelNote


def changed_pixels(  # noqa: PLR0913  an object, what is known of its pixels, and who decides
    data: bytes | mmap.mmap,
    seen: Sight,
    face: FaceSight,
    reviewed: Reviewed | None,
    *,
    face_goes: bool,
    always_twice: bool,
) -> ChangedPixels:
    """Return the source without what has to go from its pixels: by a person's decision, else by what was seen.

    Parameters
    ----------
    data : bytes or mmap
        The whole file.
    seen : Sight
        What a look found in it.
    face : FaceSight
        What the look at its series says of a face.
    reviewed : Reviewed or None
        What a person decided; then it is not looked at again.
    face_goes : bool
        Whether the face has to be removed.
    always_twice : bool
        Whether a second reader reads objects of this kind always.

    Raises
    ------
    HeldBackError
        It cannot be changed surely; or, where nobody decided, a person has to look.
    """
    if seen.doubt and reviewed is None:
        raise HeldBackError(seen.doubt, seen.rule)
    masks = face.masks if face_goes else {}
    shown = _face_done(face, reviewed, removed=face_goes)
    if reviewed is not None:
        areas = as_stored(data, reviewed.areas)
        new = covered(data, areas, masks) if areas or masks else None
        return ChangedPixels(new, PixelNote(True, len(reviewed.areas), 0, shown, True, reviewed.by))
    changed = bool(seen.covered or masks)
    note = PixelNote(True, len(seen.shown()[0]), seen.kept, shown, changed or seen.kept > 0 or always_twice)
    return ChangedPixels(covered_and_looked_at_again(data, seen, masks) if changed else None, note)


def _face_done(face: FaceSight, reviewed: Reviewed | None, *, removed: bool) -> Literal["", "shown", "removed", "none"]:
    if removed:
        return "removed"
    if reviewed is not None and reviewed.no_face:
        return "none"
    return "shown" if face.verdict in ("head", "unsure") else ""


def covered(data: bytes | mmap.mmap, areas: Sequence[Area], masks: Masks) -> bytes:
    """Return the source with areas and faces gone from its pixels.

    Raises
    ------
    HeldBackError
        It cannot be changed surely.
    """
    try:
        return redact(data[:], areas, masks, fill="padding" if masks else "black")
    except CannotRedactError as error:
        raise HeldBackError(f"writing in its pixels cannot be covered: {error}", "writing") from None


def covered_and_looked_at_again(data: bytes | mmap.mmap, seen: Sight, masks: Masks) -> bytes:
    """Return the source with what was seen and faces gone from its pixels, after another look at it.

    Raises
    ------
    HeldBackError
        It cannot be changed surely, or shows writing all the same.
    """
    new, areas = data[:], seen.covered
    for _ in range(_ROUNDS):
        new = covered(new, areas, masks)
        again = look(new)
        if again is None:
            break
        if all(_was_seen(area, seen.covered) for area in again.covered):
            return new
        areas, masks = again.covered, {}
    raise HeldBackError("it still shows writing after covering; a person has to look at it (R23, R30)", "writing")


def _was_seen(area: Area, covered: tuple[Area, ...]) -> bool:
    """Return whether an area was covered already: what a device rule names is named again."""
    return area.method.startswith("rule ") and area in covered
