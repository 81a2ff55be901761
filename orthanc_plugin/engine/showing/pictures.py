"""Pictures of one object, frame by frame, and what a viewer has to know of it."""

import zlib
from dataclasses import replace
from io import BytesIO
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset, dcmread

from orthanc_plugin.deid.pixels.matrix import planes_to_look_at
from orthanc_plugin.engine.errors import FaultsError
from orthanc_plugin.engine.showing.asked import Look
from orthanc_plugin.engine.showing.errors import CannotShowError
from orthanc_plugin.engine.showing.hidden import hidden_mask
from orthanc_plugin.engine.showing.matrix import Matrix
from orthanc_plugin.engine.showing.single import single_frame
from orthanc_plugin.engine.showing.windowing import Windowing
from orthanc_plugin.rendering import (
    Picture,
    UnrenderableError,
    ValueRange,
    decoded,
    faults_of,
    frame_count,
    proportion,
)

MOST_PIXELS = 1 << 26
"""A picture of more is not given whole: a browser would not show it. The largest radiographs have 2**25."""

NO_PICTURE = {"frames": 0, "rows": 0, "columns": 0, "proportion": 1.0, "colour": False, "windows": []}
"""The facts of an object without pixels."""

_MOST_KEPT = 1 << 26  # bytes of a decoded frame that is kept for the next window
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_QUICK = 1  # of zlib's levels: the picture goes no further than to the portal


class Pictures:
    """The pictures of one object. It may be asked by several at once; each frame is decoded when it is asked for.

    Of a slide a frame is a plane, put together of its tiles; areas are of its total pixel matrix.

    Parameters
    ----------
    data
        The whole DICOM file; it stays in memory once.
    measured
        What becomes black and white where no window says so; without it the range of the object's own frames.
    """

    def __init__(self, data: bytes, measured: ValueRange | None = None) -> None:
        self.size = len(data)
        try:
            with faults_of("its header"):
                self._dataset: Dataset = dcmread(BytesIO(data), force=True)
                stored = frame_count(self._dataset) if self._has_pixels() else 0
                planes = planes_to_look_at(self._dataset) if stored else ()
        except UnrenderableError as error:
            raise _not_shown(error) from None
        self._lock = Lock()
        self._windowing = Windowing(self._dataset, stored, measured)
        self._matrix = Matrix(self._dataset, planes) if planes else None
        self.frames = len(planes) or stored
        self._last: tuple[int, NDArray[Any]] | None = None

    def facts(self, *, quick: bool = False) -> dict[str, Any]:
        """Return what a viewer has to know.

        Parameters
        ----------
        quick
            Without the window that shows all values, where the object has one of its own.

        Returns
        -------
        dict
            ``frames`` (0: it has no pixels), ``rows``, ``columns``, ``proportion`` (height of a pixel by its width),
            ``colour``, ``windows``: ``center``, ``width`` and ``name`` of each that the object offers for its first
            frame; of a grey object the last one shows all values.

        Raises
        ------
        CannotShowError
        """
        if not self.frames:
            return dict(NO_PICTURE)
        try:
            with self._lock, faults_of("its header"):
                return {
                    "frames": self.frames,
                    **self._size(),
                    "proportion": proportion(self._dataset),
                    "colour": self._windowing.is_coloured(),
                    "windows": self._windowing.offered(quick=quick),
                }
        except UnrenderableError as error:
            raise _not_shown(error) from None

    def png(self, look: Look) -> bytes:
        """Return one frame as a PNG of 8 bits, with its overlays over it.

        Parameters
        ----------
        look
            Which frame, how large, through which window; areas are not covered here.

        Raises
        ------
        FaultsError
            It has no such frame or window.
        CannotShowError
            It has no pixels, cannot be decoded, or is too large.
        """
        if not self.frames:
            raise CannotShowError("it has no pixels, so there is nothing to look at")
        self.check(look)
        try:
            with self._lock:
                picture = self._part(look)
        except UnrenderableError as error:
            raise _not_shown(error) from None
        return _png(picture, look.side)

    def check(self, look: Look) -> None:
        """Refuse a frame, and areas of frames, that it does not have.

        Raises
        ------
        FaultsError
        """
        told = f"it has {self.frames} frames, counted from 0"
        if look.frame >= self.frames:
            raise FaultsError([("frame", told)])
        if any(area.frame is not None and area.frame >= self.frames for area in look.areas):
            raise FaultsError([("areas", f"one names a frame that it does not have: {told}")])
        if look.part is not None and look.part.within(*self._columns_and_rows()) != look.part:
            raise FaultsError([("part", "it reaches beyond the picture")])

    def single(self, number: int) -> tuple[bytes, ValueRange | None] | None:
        """Return one frame as a file, and what becomes black and white in it; None where it cannot be taken out.

        Raises
        ------
        CannotShowError
        """
        try:
            with self._lock, faults_of("its pixels"):
                data = None if self._matrix is not None else single_frame(self._dataset, number)
                return None if data is None else (data, self._windowing.black_and_white())
        except UnrenderableError as error:
            raise _not_shown(error) from None

    def _size(self) -> dict[str, int]:
        if self._matrix is not None:
            return self._matrix.size
        return {"rows": int(self._dataset.Rows), "columns": int(self._dataset.Columns)}

    def _columns_and_rows(self) -> tuple[int, int]:
        size = self._size()
        return size["columns"], size["rows"]

    def _has_pixels(self) -> bool:
        return any(keyword in self._dataset for keyword in _PIXELS)

    def _part(self, look: Look) -> Picture:
        """Return what is wanted of a frame: all of it, or a part."""
        if look.part is None or self._matrix is not None:
            return self._picture(look)
        part = look.part
        return self._picture(look)[part.top : part.bottom, part.left : part.right]

    def _picture(self, look: Look) -> Picture:
        if self._matrix is not None:
            return self._plane(self._matrix, look)
        stored = self._stored(look.frame)
        picture = self._windowing.rendering(look).picture(stored, look.frame)
        with faults_of("an overlay in its pixels"):
            hidden = hidden_mask(self._dataset, look.frame)
        return picture if hidden is None else _over(picture, hidden)

    def _plane(self, matrix: Matrix, look: Look) -> Picture:
        frame = matrix.frame(look.frame)
        if hidden_mask(self._dataset, frame) is not None:
            raise CannotShowError(
                "an overlay lies in the pixels of its tiles, which is not shown; it cannot be released"
            )
        rendering = self._windowing.rendering(replace(look, frame=frame))
        if look.part is not None:
            return matrix.part(look.frame, rendering, look.part)
        return matrix.picture(look.frame, rendering, look.side, MOST_PIXELS)

    def _stored(self, number: int) -> NDArray[Any]:
        """Return a decoded frame; the last one is kept, for somebody who moves the window over it."""
        if self._last is None or self._last[0] != number:
            stored = next(decoded(self._dataset, [number]))
            self._last = (number, stored) if stored.nbytes <= _MOST_KEPT else None
            return stored
        return self._last[1]


def _not_shown(error: UnrenderableError) -> CannotShowError:
    return CannotShowError(f"it cannot be shown: {error}; it cannot be released")


def _over(picture: Picture, mask: NDArray[np.bool_]) -> Picture:
    if mask.shape != picture.shape[:2]:
        raise CannotShowError("an overlay lies in its pixels in a way that cannot be shown; it cannot be released")
    new = picture.copy()
    new[mask] = 255
    return new


def _png(picture: Picture, side: int | None) -> bytes:
    rows, columns = picture.shape[:2]
    if side is None and rows * columns > MOST_PIXELS:
        raise CannotShowError(f"a frame of it has more than {MOST_PIXELS} pixels, too many to be shown one by one")
    image = Image.fromarray(np.ascontiguousarray(_without_colours(picture)))
    if side is not None:
        image.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    out = BytesIO()
    strategy = zlib.Z_RLE if image.mode == "L" else zlib.Z_DEFAULT_STRATEGY  # measured on speckle
    image.save(out, "PNG", compress_level=_QUICK, compress_type=strategy)
    return out.getvalue()


def _without_colours(picture: Picture) -> Picture:
    """Return a grey picture as such where three equal planes hold it, as in most ultrasound: a third to send."""
    if picture.ndim == 3 and (picture[..., :1] == picture[..., 1:]).all():
        return picture[..., 0]
    return picture
