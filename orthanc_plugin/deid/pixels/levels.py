"""The levels of one slide's pyramid: what has to go on one covers the same place of the specimen on the others."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from pydicom import Dataset, dcmread

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.matrix import planes_to_look_at
from orthanc_plugin.rendering import UnrenderableError, faults_of
from orthanc_plugin.rendering.groups import place


@dataclass(frozen=True, slots=True)
class Level:
    """Where the pixels of a slide lie on the glass (PS3.3 C.8.12.4.1.2, C.7.6.16.2.1).

    Attributes
    ----------
    slide : str
        Frame of Reference UID.
    origin : tuple of float
        Millimetres of the first pixel's place, x and y.
    along, down : tuple of float
        Direction cosines of a row and of a column, x and y.
    across, between : float
        Millimetres from column to column, and from row to row.
    columns, rows : int
        Of the total pixel matrix.
    """

    slide: str
    origin: tuple[float, float]
    along: tuple[float, float]
    down: tuple[float, float]
    across: float
    between: float
    columns: int
    rows: int

    @classmethod
    def of(cls, data: bytes) -> "Level | None":
        """Return it from a file; None where it is no tiled slide, or does not say all of it."""
        try:
            with faults_of("its header"):
                header = dcmread(BytesIO(data), stop_before_pixels=True, force=True)
                return cls._of(header) if planes_to_look_at(header) else None
        except UnrenderableError:
            return None

    @classmethod
    def _of(cls, header: Dataset) -> "Level":
        origin = header.TotalPixelMatrixOriginSequence[0]
        cosines = [float(one) for one in header.ImageOrientationSlide]
        between, across = map(float, place(header, 0, "PixelMeasuresSequence", "PixelSpacing").PixelSpacing)
        numbers = [*cosines, between, across, float(origin.XOffsetInSlideCoordinateSystem)]
        if not all(map(math.isfinite, numbers)) or min(between, across) <= 0:
            raise UnrenderableError("its place on the slide is no place")
        return cls(
            str(header.FrameOfReferenceUID),
            (float(origin.XOffsetInSlideCoordinateSystem), float(origin.YOffsetInSlideCoordinateSystem)),
            (cosines[0], cosines[1]),
            (cosines[3], cosines[4]),
            across,
            between,
            int(header.TotalPixelMatrixColumns),
            int(header.TotalPixelMatrixRows),
        )

    def is_beside(self, other: "Level") -> bool:
        """Return whether both are of one slide, and lie on it the same way round."""
        turned = (*self.along, *self.down), (*other.along, *other.down)
        return self.slide == other.slide and all(
            math.isclose(*pair, abs_tol=1e-4) for pair in zip(*turned, strict=True)
        )


def carried(areas: Iterable[Area], source: Level, target: Level) -> tuple[Area, ...]:
    """Return the same places on another level of the slide, on every plane of it; a pixel more on each side.

    Parameters
    ----------
    areas : iterable of Area
        In pixels of the source's total pixel matrix.
    source, target : Level
        Of one slide, the same way round.
    """
    x, y = (mine - theirs for mine, theirs in zip(source.origin, target.origin, strict=True))
    right = (x * target.along[0] + y * target.along[1]) / target.across
    down = (x * target.down[0] + y * target.down[1]) / target.between
    wide, high = source.across / target.across, source.between / target.between
    found = (_placed(area, (right, down), (wide, high)).within(target.columns, target.rows) for area in areas)
    return tuple(area for area in found if area.size)


def _placed(area: Area, shift: tuple[float, float], scale: tuple[float, float]) -> Area:
    return replace(
        area,
        left=math.floor(area.left * scale[0] + shift[0]) - 1,
        top=math.floor(area.top * scale[1] + shift[1]) - 1,
        right=math.ceil(area.right * scale[0] + shift[0]) + 1,
        bottom=math.ceil(area.bottom * scale[1] + shift[1]) + 1,
        frame=None,
        method="another level",
    )


def from_beside(found: Sequence[tuple[Any, Level, tuple[Area, ...]]]) -> dict[Any, tuple[Area, ...]]:
    """Return what each level has to cover for what was found on the others of its slide, by its key."""
    return {
        key: tuple(
            area
            for other, source, areas in found
            if other != key and source.is_beside(target)
            for area in carried(areas, source, target)
        )
        for key, target, _ in found
    }
