"""How the frames of one object are shown: through a window of its own, one that is asked for, or all that is stored."""

from typing import Any, Final

import numpy as np
from pydicom import Dataset

from orthanc_plugin.engine.errors import FaultsError
from orthanc_plugin.engine.showing.asked import Look
from orthanc_plugin.rendering import Rendering, ValueRange, range_of, windows

ALL_VALUES: Final = "all values"
"""Name of the window that shows everything that is stored, padding too."""

_MOST_MEASURED = 4  # frames, evenly spread: somebody waits. What reaches beyond is shown white or black
_MOST_WINDOWS = 4
_LONGEST_NAME = 64


class Windowing:
    """The renderings of one object; those through the last windows are kept.

    Parameters
    ----------
    dataset, frames
        The object, and how many frames it has.
    measured
        What becomes black and white where no window says so; without it the range of the object's own frames.
    """

    def __init__(self, dataset: Dataset, frames: int, measured: ValueRange | None) -> None:
        self._dataset, self._frames, self._given = dataset, frames, measured
        self._renderings: dict[Any, Rendering] = {}
        self._ranges: dict[bool, ValueRange | None] = {}

    def is_coloured(self) -> bool:
        """Say whether it has colours, which no window changes."""
        palette = str(self._dataset.get("PhotometricInterpretation") or "") == "PALETTE COLOR"
        return palette or int(self._dataset.get("SamplesPerPixel") or 1) > 1

    def offered(self, *, quick: bool) -> list[dict[str, Any]]:
        """Return the windows of the first frame; of a grey object the last one shows all values.

        It is left out of a `quick` answer about an object that has windows of its own: frames are decoded for it.
        """
        found = [
            {"center": one.center, "width": one.width, "name": one.explanation[:_LONGEST_NAME]}
            for one in windows(self._dataset)
        ]
        if self.is_coloured() or (quick and found):
            return found
        everything = self._range(whole=True)
        if everything is not None:
            low, high = everything.low, everything.high  # which become black and white by PS3.3 C.11.2.1.2.1
            found.append({"center": (low + high + 1) / 2, "width": high - low + 1, "name": ALL_VALUES})
        return found

    def rendering(self, look: Look) -> Rendering:
        """Return how frames are shown as somebody wants them.

        Raises
        ------
        FaultsError
            There is no such window.
        """
        wanted: Any = look.window
        if isinstance(wanted, int):
            count = len(windows(self._dataset, look.frame))
            if wanted > count or (wanted == count and self.is_coloured()):
                raise FaultsError([("window", f"it offers {count} windows for this frame, counted from 0")])
            wanted = ALL_VALUES if wanted == count else wanted
        if wanted not in self._renderings:
            while len(self._renderings) >= _MOST_WINDOWS:
                self._renderings.pop(next(iter(self._renderings)))
            self._renderings[wanted] = self._made(wanted, look)
        return self._renderings[wanted]

    def black_and_white(self) -> ValueRange | None:
        """Return what becomes black and white where no window says so; None of a coloured object."""
        return None if self.is_coloured() else self._range(whole="PixelPaddingValue" not in self._dataset)

    def _made(self, wanted: Any, look: Look) -> Rendering:
        if wanted == ALL_VALUES:
            return Rendering.of(self._dataset, whole=True, value_range=self._range(whole=True), overlays=True)
        measured = self.black_and_white() if self._is_measured(look) else None
        return Rendering.of(self._dataset, window=wanted, value_range=measured, overlays=True)

    def _is_measured(self, look: Look) -> bool:
        """Say whether the range of the frames decides black and white, where the renderer would decode them all."""
        offers = windows(self._dataset, look.frame) or "VOILUTSequence" in self._dataset
        return look.window is None and not offers and (self._frames > 1 or self._given is not None)

    def _range(self, *, whole: bool) -> ValueRange | None:
        if self._given is not None:
            return self._given
        if whole not in self._ranges:
            some = np.linspace(0, self._frames - 1, min(self._frames, _MOST_MEASURED)).astype(int)
            self._ranges[whole] = range_of(self._dataset, whole=whole, only=[int(number) for number in some])
        return self._ranges[whole]
