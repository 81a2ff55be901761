"""Pictures of one object, frame by frame, and what a viewer has to know of it."""

import zlib
from io import BytesIO
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset, dcmread

from orthanc_plugin.engine.errors import FaultsError
from orthanc_plugin.engine.showing.asked import Look
from orthanc_plugin.engine.showing.errors import CannotShowError
from orthanc_plugin.engine.showing.hidden import hidden_mask
from orthanc_plugin.engine.showing.single import single_frame
from orthanc_plugin.rendering import (
    Picture,
    Rendering,
    UnrenderableError,
    ValueRange,
    decoded,
    faults_of,
    frame_count,
    proportion,
    range_of,
    windows,
)

MOST_PIXELS = 1 << 26
"""A picture of more is not given whole: a browser would not show it. The largest radiographs have 2**25."""

ALL_VALUES = "all values"
"""Name of the window that shows everything that is stored."""

_MOST_MEASURED = 4  # frames, evenly spread: somebody waits. What reaches beyond is shown white or black
_MOST_KEPT = 1 << 26  # bytes of a decoded frame that is kept for the next window
_MOST_WINDOWS = 4
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_LONGEST_NAME = 64
_QUICK = 1  # of zlib's levels: the picture goes no further than to the portal


class Pictures:
    """The pictures of one object. It may be asked by several at once; each frame is decoded when it is asked for.

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
                self.frames = frame_count(self._dataset) if self._has_pixels() else 0
        except UnrenderableError as error:
            raise _not_shown(error) from None
        self._lock = Lock()
        self._renderings: dict[Any, Rendering] = {}
        self._range: list[ValueRange | None] = [measured] if measured else []
        self._last: tuple[int, NDArray[Any]] | None = None

    def facts(self) -> dict[str, Any]:
        """Return what a viewer has to know.

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
        told = {"frames": 0, "rows": 0, "columns": 0, "proportion": 1.0, "colour": False, "windows": []}
        if not self.frames:
            return told
        try:
            with self._lock, faults_of("its header"):
                return {
                    "frames": self.frames,
                    "rows": int(self._dataset.Rows),
                    "columns": int(self._dataset.Columns),
                    "proportion": proportion(self._dataset),
                    "colour": self._is_coloured(),
                    "windows": self._windows(),
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
                picture = self._picture(look)
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

    def single(self, number: int) -> tuple[bytes, ValueRange | None] | None:
        """Return one frame as a file, and what becomes black and white in it; None where it cannot be taken out.

        Raises
        ------
        CannotShowError
        """
        try:
            with self._lock, faults_of("its pixels"):
                data = single_frame(self._dataset, number, self.frames)
                return None if data is None else (data, None if self._is_coloured() else self._measured())
        except UnrenderableError as error:
            raise _not_shown(error) from None

    def _has_pixels(self) -> bool:
        return any(keyword in self._dataset for keyword in _PIXELS)

    def _is_coloured(self) -> bool:
        palette = str(self._dataset.get("PhotometricInterpretation") or "") == "PALETTE COLOR"
        return palette or int(self._dataset.get("SamplesPerPixel") or 1) > 1

    def _picture(self, look: Look) -> Picture:
        stored = self._stored(look.frame)
        picture = self._rendering(look).picture(stored, look.frame)
        with faults_of("an overlay in its pixels"):
            hidden = hidden_mask(self._dataset, look.frame)
        return picture if hidden is None else _over(picture, hidden)

    def _stored(self, number: int) -> NDArray[Any]:
        """Return a decoded frame; the last one is kept, for somebody who moves the window over it."""
        if self._last is None or self._last[0] != number:
            stored = next(decoded(self._dataset, [number]))
            self._last = (number, stored) if stored.nbytes <= _MOST_KEPT else None
            return stored
        return self._last[1]

    def _rendering(self, look: Look) -> Rendering:
        """Return how frames are shown through a window; those of the last windows are kept."""
        wanted: Any = look.window
        if isinstance(wanted, int):
            offered = windows(self._dataset, look.frame)
            if wanted > len(offered) or (wanted == len(offered) and self._is_coloured()):
                raise FaultsError([("window", f"it offers {len(offered)} windows for this frame, counted from 0")])
            wanted = self._whole() if wanted == len(offered) else wanted
        if wanted not in self._renderings:
            while len(self._renderings) >= _MOST_WINDOWS:
                self._renderings.pop(next(iter(self._renderings)))
            measured = self._measured() if self._is_measured(look) else None
            self._renderings[wanted] = Rendering.of(self._dataset, window=wanted, value_range=measured, overlays=True)
        return self._renderings[wanted]

    def _is_measured(self, look: Look) -> bool:
        """Say whether the range of the frames decides black and white, where the renderer would decode them all."""
        offers = windows(self._dataset, look.frame) or "VOILUTSequence" in self._dataset
        several = self.frames > 1 or bool(self._range)
        return several and look.window is None and not offers and not self._is_coloured()

    def _measured(self) -> ValueRange | None:
        if not self._range:
            some = np.linspace(0, self.frames - 1, min(self.frames, _MOST_MEASURED)).astype(int)
            self._range.append(range_of(self._dataset, only=[int(number) for number in some]))
        return self._range[0]

    def _whole(self) -> tuple[float, float] | None:
        measured = self._measured()
        return None if measured is None else ((measured.low + measured.high) / 2, max(measured.high - measured.low, 1))

    def _windows(self) -> list[dict[str, Any]]:
        found = [
            {"center": one.center, "width": one.width, "name": one.explanation[:_LONGEST_NAME]}
            for one in windows(self._dataset)
        ]
        whole = None if self._is_coloured() else self._whole()
        return [*found, *([{"center": whole[0], "width": whole[1], "name": ALL_VALUES}] if whole else [])]


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
    image = Image.fromarray(np.ascontiguousarray(picture))
    if side is not None:
        image.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    out = BytesIO()
    image.save(out, "PNG", compress_level=_QUICK, compress_type=zlib.Z_RLE)
    return out.getvalue()
