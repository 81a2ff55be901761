"""What the portal is told of an image that a person has to look at: facts of its header, never its pixels."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from typing import Any

import pydicom

from orthanc_plugin.deid.outcome import Proposed
from orthanc_plugin.deid.pixels.matrix import planes_to_look_at
from orthanc_plugin.rendering import proportion

READ_AGAIN = "read-by-second-reader"
"""Why an image waits in whose pixels the second reader read what is known of a patient."""
READ_AGAIN_WHY = "a second program read in its pixels what may identify somebody; a person has to look at it"
"""Always the same words, so that what it is decided on is known before the second reader has read it."""

_MOST, _UID, _METHOD = 2**31 - 1, 64, 60
"""What docs/contract/held-images-request.schema.json has room for."""


@dataclass(frozen=True)
class Hold:
    """For what an image is held.

    Parameters
    ----------
    image, basis
        Which image, and what a decision about it rests on, as the portal knows them.
    rule, why
        By which rule, and why.
    """

    image: str
    basis: str
    rule: str
    why: str


def told_of(data: bytes, hold: Hold, proposed: Iterable[Proposed]) -> dict[str, Any]:
    """Return what the portal is told of an object by its header, but for what its job knows of it.

    Raises
    ------
    ValueError
        It has no picture that could be shown.
    """
    dataset = pydicom.dcmread(BytesIO(data), stop_before_pixels=True, force=True)
    size = _size(dataset)
    if not all(1 <= count <= _MOST for count in size.values()):
        msg = "it has no picture"
        raise ValueError(msg)
    return {
        **asdict(hold),
        **size,
        "series_uid": str(dataset.get("SeriesInstanceUID") or "")[:_UID],
        "number": _number(dataset),
        "proportion": proportion(dataset),
        "proposed": [_told(part) for part in _shown(proposed, size["columns"], size["rows"])],
    }


def _size(dataset: pydicom.Dataset) -> dict[str, int]:
    """Return how large its picture is, and how many there are: of a slide, its planes."""
    if planes := planes_to_look_at(dataset):
        return {
            "frames": len(planes),
            "rows": max(plane.rows for plane in planes),
            "columns": max(plane.columns for plane in planes),
        }
    return {
        "frames": int(dataset.get("NumberOfFrames") or 1),
        "rows": int(dataset.Rows),
        "columns": int(dataset.Columns),
    }


def _shown(proposed: Iterable[Proposed], columns: int, rows: int) -> Iterator[Proposed]:
    """Yield what lies within the image."""
    for part in proposed:
        area = part.area.within(columns, rows)
        if area.size:
            yield replace(part, area=area)


def _told(proposed: Proposed) -> dict[str, Any]:
    return {**asdict(proposed.area), "method": proposed.area.method[:_METHOD], "sure": proposed.sure}


def _number(dataset: pydicom.Dataset) -> int | None:
    """Return the Instance Number; None where it is none, whatever stands there."""
    try:
        found = int(dataset.get("InstanceNumber"))
    except (TypeError, ValueError, OverflowError):
        return None
    return found if abs(found) <= _MOST else None
