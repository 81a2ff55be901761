"""Strings put into pictures, each where it fits, and the truth about where its ink is."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.pixel_bench.hands import Hand, Ink

Random = np.random.Generator
Picture = NDArray[Any]
_OFF = {"middle": (2.2, 3.5, 30.0), "low": (1.0, 2.0, 12.0)}  # local deviations, and grey levels at least


@dataclass(frozen=True, slots=True)
class Written:
    """A string in a picture.

    Attributes
    ----------
    kind : str
        name, number, date, time, code or place.
    size : int
        Of its font, in pixels.
    contrast : str
        high: nearly white or black; middle: 2.2 to 3.5 deviations of its surroundings; low: 1 to 2, at least 12 levels.
    rotation : str
        level, upright (90 or 270 degrees) or slanted (up to 50).
    coloured : bool
        Whether it has a colour.
    left, top : int
        Where its ink begins.
    ink : ndarray of bool
        Its ink from there on.
    frames : tuple of int
        In which frames it stands.
    """

    kind: str
    size: int
    contrast: str
    rotation: str
    coloured: bool
    left: int
    top: int
    ink: NDArray[np.bool_] = field(repr=False, compare=False)
    frames: tuple[int, ...] = (0,)

    @property
    def box(self) -> tuple[slice, slice]:
        """Return rows and columns that it covers."""
        rows, columns = self.ink.shape
        return slice(self.top, self.top + rows), slice(self.left, self.left + columns)


def place(rng: Random, alpha: Ink, taken: NDArray[np.bool_]) -> tuple[int, int] | None:
    """Return where it fits (left, top) without touching another string: at a margin or anywhere; None if nowhere.

    Parameters
    ----------
    rng : Generator
        The same state gives the same place.
    alpha : ndarray
        The ink.
    taken : ndarray of bool
        Where strings stand already; of the picture's size.
    """
    room = (taken.shape[0] - alpha.shape[0], taken.shape[1] - alpha.shape[1])
    if min(room) < 4:
        return None
    for _ in range(30):
        top, left = int(rng.integers(2, room[0] - 1)), int(rng.integers(2, room[1] - 1))
        if rng.random() < 0.4:
            edge = int(rng.integers(4))
            top, left = ((4, left), (room[0] - 2, left), (top, 4), (top, room[1] - 2))[edge]
        around = taken[max(top - 6, 0) : top + alpha.shape[0] + 6, max(left - 6, 0) : left + alpha.shape[1] + 6]
        if not around.any():
            return left, top
    return None


def level(rng: Random, contrast: str, around: Picture) -> float:
    """Return the grey level, 0 to 255, of ink of that contrast on grey surroundings.

    Parameters
    ----------
    rng : Generator
        The same state gives the same level.
    contrast : str
        high, middle or low.
    around : ndarray
        Grey levels under and around the string.
    """
    mean, deviation = float(around.mean()), float(around.std())
    bright = mean < 100 or (mean < 155 and rng.random() < 0.5)
    if contrast == "high":
        return float(rng.uniform(215, 255) if bright else rng.uniform(0, 30))
    least, most, floor = _OFF[contrast]
    step = min(max(deviation * rng.uniform(least, most), floor * rng.uniform(1, 1.5)), 120)
    bright = mean + step <= 255 and (rng.random() < 0.7 or mean - step < 0)
    return mean + step if bright else mean - step


def tint(rng: Random) -> NDArray[np.float32]:
    """Return factors of red, green and blue whose luminance is 1."""
    factors = rng.uniform(0.2, 1.6, 3)
    return np.asarray(factors / (factors @ (0.299, 0.587, 0.114)), np.float32)


def _lay(rng: Random, planes: list[Picture], plate: Ink, at: tuple[int, int], frames: tuple[int, ...]) -> None:
    """Lay a plate of one pale or dark colour under a string."""
    shade = rng.uniform(190, 250, 3) if rng.random() < 0.8 else rng.uniform(15, 60, 3)
    for number in frames:
        under = planes[number][at[1] : at[1] + plate.shape[0], at[0] : at[0] + plate.shape[1]]
        alpha, value = (plate[..., None], shade) if under.ndim == 3 else (plate, shade.mean())
        under[...] = under * (1 - alpha) + value * alpha


def write(  # noqa: PLR0913  two strings differ in all of these
    rng: Random, planes: list[Picture], hand: Hand, at: tuple[int, int], frames: tuple[int, ...], *, plate: bool = False
) -> Written:
    """Write a string into some frames, in place, and return the truth about it.

    Parameters
    ----------
    rng : Generator
        Chooses level and colour.
    planes : list of ndarray
        All frames, float, (rows, columns) or (rows, columns, 3), 0 to 255.
    hand : Hand
        What is written.
    at : tuple of int
        Left and top.
    frames : tuple of int
        In which frames.
    plate : bool
        On a plate of one colour, as a wristband or a label has it.
    """
    left, top = at
    if plate:
        _lay(rng, planes, hand.plate, at, frames)
    rows, columns = hand.alpha.shape
    first = planes[frames[0]][top : top + rows, left : left + columns]
    value: Any = level(rng, hand.contrast, first[hand.plate > 0.5])
    alpha: Any = hand.alpha
    if first.ndim == 3:
        value, alpha = value * (tint(rng) if hand.coloured else np.ones(3, np.float32)), alpha[..., None]
    for number in frames:
        under = planes[number][top : top + rows, left : left + columns]
        under[...] = under * (1 - alpha) + value * alpha
    ink = hand.alpha > 0.5
    return Written(hand.kind, hand.size, hand.contrast, hand.rotation, hand.coloured, left, top, ink, frames)
