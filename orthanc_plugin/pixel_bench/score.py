"""What became of each picture: which strings are hidden, what else was lost, and the sums of it."""

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from scipy.ndimage import binary_closing

from orthanc_plugin.pixel_bench.corpus import PLANS, Picture
from orthanc_plugin.pixel_bench.writing import Written

HIDDEN = 0.9
"""Share of a string's ink that has to be blackened for it to count as hidden, in every frame where it stands."""
_AROUND = 16  # pixels around a string's box that are no collateral
_STROKE = 11  # closes over black letters and edges: a blackened pixel that was black before is blackened too
_LOSS = 12  # levels by which a decoder's black may differ, lossy compression only
_LOSSY = "1.2.840.10008.1.2.4.5"  # JPEG baseline and extended
Frames = NDArray[Any]
Redact = Callable[[bytes], bytes | None]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one picture.

    Attributes
    ----------
    picture : str
        Its kind.
    clean : bool
        Whether nothing was written in it.
    held : bool
        Whether it was held.
    strings : tuple
        Each string, and whether it was hidden. Of a held picture all are hidden: nobody sees it.
    collateral, equal : float
        Shares of all pixels blackened away from the writing, and of the pixels not blackened that are as they were.
    """

    picture: str
    clean: bool
    held: bool
    strings: tuple[tuple[Written, bool], ...]
    collateral: float = 0.0
    equal: float = 1.0


def _pixels(data: bytes) -> tuple[Frames, bool]:
    """Return all frames as (frames, rows, columns, samples), and whether they were compressed with loss."""
    ds = pydicom.dcmread(io.BytesIO(data))
    values = ds.pixel_array
    frames, samples = int(ds.get("NumberOfFrames", 1) or 1), int(ds.SamplesPerPixel)
    lossy = str(ds.file_meta.TransferSyntaxUID).startswith(_LOSSY)
    return values.reshape(frames, ds.Rows, ds.Columns, samples).astype(np.int32), lossy


def blackened(before: Frames, after: Frames, *, lossy: bool) -> NDArray[np.bool_]:
    """Return which pixels were made one value, the same wherever pixels changed; (frames, rows, columns).

    A pixel that had this value before counts where it lies within a stroke's width among those that changed. What was
    changed in any other way, by compressing again or by blurring, hides nothing.

    Parameters
    ----------
    before, after : ndarray
        (frames, rows, columns, samples).
    lossy : bool
        Whether a decoder's black may be a little off.
    """
    changed: NDArray[np.bool_] = (before != after).any(3)
    if not changed.any():
        return changed
    values, counts = np.unique(after[changed], axis=0, return_counts=True)
    black = values[counts.argmax()]
    is_black = (np.abs(after - black) <= (_LOSS if lossy else 0)).all(3)
    kernel = np.ones((_STROKE, _STROKE), bool)
    found = [binary_closing(np.pad(c & b, _STROKE), kernel)[_STROKE:-_STROKE, _STROKE:-_STROKE] & b
             for c, b in zip(changed, is_black, strict=True)]  # fmt: skip
    return np.stack(found)


def judge(picture: Picture, redacted: bytes | None) -> Fate:
    """Return what became of a picture.

    Parameters
    ----------
    picture : Picture
        With the truth.
    redacted : bytes or None
        The DICOM file that would leave; None if it was held.
    """
    if redacted is None:
        return Fate(picture.kind, not picture.strings, held=True, strings=tuple((s, True) for s in picture.strings))
    (before, lossy), (after, _) = _pixels(picture.data), _pixels(redacted)
    if before.shape != after.shape:
        msg = f"a redacted {picture.kind} has another shape than its original: {after.shape}, not {before.shape}."
        raise ValueError(msg)
    black = blackened(before, after, lossy=lossy)
    strings = tuple((s, all(black[n][s.box][s.ink].mean() >= HIDDEN for n in s.frames)) for s in picture.strings)
    kept = ~black
    same = (before == after).all(3)[kept]
    return Fate(
        picture.kind,
        not picture.strings,
        held=False,
        strings=strings,
        collateral=float((black & ~_near(picture.strings, black.shape)).mean()),
        equal=float(same.mean()) if same.size else 1.0,
    )


def _near(strings: Iterable[Written], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    near = np.zeros(shape, bool)
    for s in strings:
        rows, columns = s.ink.shape
        down = slice(max(s.top - _AROUND, 0), s.top + rows + _AROUND)
        across = slice(max(s.left - _AROUND, 0), s.left + columns + _AROUND)
        near[list(s.frames), down, across] = True
    return near


def _sizes(size: int) -> str:
    return "10-14" if size < 15 else "15-24" if size < 25 else "25 and more"


_BY: dict[str, Callable[[Fate, Written], str]] = {
    "picture": lambda fate, _: fate.picture,
    "kind": lambda _, s: s.kind,
    "contrast": lambda _, s: s.contrast,
    "size": lambda _, s: _sizes(s.size),
    "rotation": lambda _, s: s.rotation,
    "colour": lambda _, s: "coloured" if s.coloured else "grey",
    "frames": lambda fate, s: "one of many" if PLANS[fate.picture].frames > len(s.frames) else "all",
}


@dataclass(slots=True)
class Report:
    """Sums over a corpus.

    Attributes
    ----------
    name : str
        Of what was measured.
    seconds : float
        CPU time of redacting, in this process and those that it started.
    fates : list of Fate
        In the order of the corpus.
    """

    name: str
    seconds: float = 0.0
    fates: list[Fate] = field(default_factory=list)

    @property
    def strings(self) -> list[tuple[Fate, Written, bool]]:
        """Return every string with its picture's fate and whether it is hidden or held."""
        return [(fate, s, hidden) for fate in self.fates for s, hidden in fate.strings]

    @property
    def recall(self) -> float:
        """Return the share of strings hidden or held."""
        return _share([hidden for _, _, hidden in self.strings])

    @property
    def held(self) -> float:
        """Return the share of pictures held."""
        return _share([fate.held for fate in self.fates])

    @property
    def clean_held(self) -> float:
        """Return the share of clean pictures held."""
        return _share([fate.held for fate in self.fates if fate.clean])

    @property
    def clean_touched(self) -> float:
        """Return the share of clean pictures of which something was blackened."""
        return _share([fate.collateral > 0 for fate in self.fates if fate.clean])

    @property
    def collateral(self) -> float:
        """Return the mean share of pixels blackened away from writing, of pictures that leave."""
        return _mean([fate.collateral for fate in self.fates if not fate.held])

    @property
    def equal(self) -> float:
        """Return the mean share of other pixels that are as they were, of pictures that leave."""
        return _mean([fate.equal for fate in self.fates if not fate.held])

    def parts(self, by: str) -> dict[str, tuple[int, int]]:
        """Return, for each value of a property, how many strings are hidden or held, and how many there are.

        Parameters
        ----------
        by : str
            picture, kind, contrast, size, rotation, colour or frames.
        """
        every = Counter(_BY[by](fate, s) for fate, s, _ in self.strings)
        done = Counter(_BY[by](fate, s) for fate, s, hidden in self.strings if hidden)
        return {value: (done[value], number) for value, number in sorted(every.items())}

    def lines(self) -> Iterator[str]:
        """Yield the report for people."""
        yield f"{self.name}: {self.recall:.2%} of {len(self.strings)} strings hidden or held"
        yield f"  held {self.held:.1%} of {len(self.fates)} pictures; clean ones {self.clean_held:.1%}"
        yield f"  something blackened in {self.clean_touched:.1%} of the clean pictures"
        yield (
            f"  collateral {self.collateral:.2%}, other pixels equal {self.equal:.3%}, "
            f"{self.seconds / max(len(self.fates), 1):.2f} CPU s a picture"
        )
        for by in _BY:
            shown = ", ".join(
                f"{value} {done / number:.1%} of {number}" for value, (done, number) in self.parts(by).items()
            )
            yield f"  by {by}: {shown}"


def _share(values: list[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
