"""What the portal is told of an image that a person has to look at: facts of its header, never its pixels."""

from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

import pydicom

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.rendering import proportion

READ_AGAIN = "read-by-second-reader"
"""Why an image waits in whose pixels the second reader read what is known of a patient."""
READ_AGAIN_WHY = "a second program read in its pixels what may be a name, a number or a date of a patient"
"""Always the same words, so that what it is decided on is known before the second reader has read it."""


@dataclass(frozen=True)
class HeldImage:
    """One image as the worker that held it saw it; sealed on the job's bench.

    Parameters
    ----------
    image, basis
        Which image, and what it is held for, as the portal knows them (`engine.showing`).
    series_uid, number
        Where it belongs, and its Instance Number.
    frames, rows, columns, proportion
        Its size, and how high a pixel is over how wide it is.
    rule, why
        What it is held for.
    proposed
        Areas that the look proposes to cover.
    """

    image: str
    basis: str
    series_uid: str
    number: int | None
    frames: int
    rows: int
    columns: int
    proportion: float
    rule: str
    why: str
    proposed: tuple[dict[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as it is sealed and told."""
        return {**asdict(self), "proposed": list(self.proposed)}


def seen(data: bytes, image: str, basis: str, rule: str, why: str, proposed: tuple[dict[str, Any], ...]) -> HeldImage:
    """Return what can be told of an object by its header.

    Raises
    ------
    ValueError
        It has no picture that could be shown.
    """
    dataset = pydicom.dcmread(BytesIO(data), stop_before_pixels=True, force=True)
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    frames = int(dataset.get("NumberOfFrames") or 1)
    if min(rows, columns, frames) < 1:
        msg = "it has no picture"
        raise ValueError(msg)
    number = dataset.get("InstanceNumber")
    series = str(dataset.get("SeriesInstanceUID") or "")
    ratio = proportion(dataset)
    return HeldImage(
        image, basis, series, _whole(number), frames, rows, columns, ratio, rule, why, proposed
    )


def _whole(number: Any) -> int | None:
    try:
        return int(number)
    except (TypeError, ValueError):
        return None


def as_proposed(areas: tuple[Area, ...], *, sure: bool) -> tuple[dict[str, Any], ...]:
    """Return areas as the portal is told of them."""
    return tuple({**asdict(area), "sure": sure} for area in areas)
