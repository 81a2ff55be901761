"""Training pictures: a ground, drawn or real, with what is writing and what is not, and where the writing stands."""

import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from text_network import distractors, fields, strings

Random = np.random.Generator
Real = Sequence[Sequence[NDArray[np.uint8]]]
"""Real pictures without writing, by kind."""
SHAPE = (128, 256)
CELL = 4
"""Pixels of the picture across one cell of the network's answer."""


class Sample(NamedTuple):
    """A picture (uint8), and what share of each cell is a string's box (float32, a quarter of its size)."""

    plane: NDArray[np.uint8]
    target: NDArray[np.float32]


def _ground(rng: Random, real: Real) -> tuple[fields.Field, bool]:
    """Return a ground, and whether it is a piece of a real picture."""
    if not real or rng.random() < 0.5:
        return fields.drawn(rng, SHAPE), False
    kind = real[int(rng.integers(len(real)))]  # each kind as often as the others, however many its pictures are
    piece = _piece(rng, kind[int(rng.integers(len(kind)))])
    if rng.random() < 0.25:
        piece = 255 - piece
    if rng.random() < 0.4:  # through another window
        level = np.float32(piece.mean())
        shown = (piece - level) * np.float32(np.exp(rng.uniform(-0.7, 1.2))) + level
        return shown.clip(0, 255), True
    return piece * np.float32(rng.uniform(0.5, 1.2)) + np.float32(rng.uniform(-10, 40)), True


def _piece(rng: Random, plane: NDArray[np.uint8]) -> fields.Field:
    """Return a piece of a picture, turned, mirrored, larger or smaller."""
    picture = Image.fromarray(plane)
    if min(plane.shape) > 400 and rng.random() < 0.6:
        picture = picture.reduce(2 if max(plane.shape) < 1000 else int(rng.integers(2, 6)))
    angle = rng.choice([0.0, np.pi / 2, np.pi, rng.uniform(0, 2 * np.pi)], p=[0.5, 0.15, 0.15, 0.2])
    by = 1.0 if rng.random() < 0.5 else float(np.exp(rng.uniform(-0.7, 0.5)))
    across, down = by * np.cos(angle), by * np.sin(angle)
    turn = np.array([[across, -down], [down, across]]) @ np.diag([rng.choice([-1, 1]), 1])
    middle = [rng.uniform(0.2, 0.8) * side for side in picture.size]
    if angle == 0 and by == 1:
        middle = [round(side) for side in middle]  # exact pixels: nothing is interpolated
    start = np.array(middle) - turn @ np.array([SHAPE[1] / 2, SHAPE[0] / 2])
    rows = (*turn[0], start[0], *turn[1], start[1])
    shown = picture.transform((SHAPE[1], SHAPE[0]), Image.Transform.AFFINE, rows, Image.Resampling.BILINEAR)
    return np.asarray(shown, np.float32)


def _value(rng: Random, around: NDArray[np.float32], *, easy: bool = False) -> float:
    """Return the grey level of ink on what is around it: from .8 of its deviation, 5 levels at least, up to white."""
    mean, deviation = float(around.mean()), float(around.std())
    strength = rng.choice(3, p=[0.1, 0.4, 0.5] if easy else [0.55, 0.25, 0.2])
    bright = rng.random() < (0.7 if mean < 170 else 0.3)
    if strength == 2:
        return float(rng.uniform(190, 256) if bright else rng.uniform(0, 50))
    step = max(deviation * rng.uniform(*((0.8, 2.2) if strength == 0 else (2, 4))), rng.uniform(5, 14))
    fits = mean + step <= 255 if bright else mean - step >= 0
    return mean + step if bright == fits else mean - step


def _write(
    rng: Random,
    plane: NDArray[np.float32],
    letters: Image.Image,
    where: Image.Image,
    box: tuple[int, int, int, int],
) -> None:
    left, top, right, bottom = box
    under = plane[top:bottom, left:right]
    alpha, inside = (np.asarray(image, np.float32)[: bottom - top, : right - left] / 255 for image in (letters, where))
    value = _value(rng, under[inside > 0.5] if (inside > 0.5).any() else under)
    if rng.random() < 0.15:  # on a plate of its own
        shade = under.mean() if rng.random() < 0.5 else rng.uniform(0, 255)
        under[...] = under * (1 - inside) + shade * inside
    if rng.random() < 0.25 and value > under.mean():
        under[...] = np.maximum(under, alpha * value)
    else:
        under[...] = under * (1 - alpha) + value * alpha


def _string(rng: Random, plane: NDArray[np.float32], taken: Image.Image) -> None:
    """Write one string where none stands yet: level, upright, or at any angle."""
    letters = strings.ink(rng, (plane.shape[1] - 8, plane.shape[0]))
    where = Image.new("L", letters.size, 255)
    turn = rng.choice(4, p=[0.6, 0.12, 0.03, 0.25])
    angle = (0.0, float(rng.choice([90, 270])), 180.0, float(rng.uniform(-60, 60)))[turn]
    if angle:
        letters = letters.rotate(angle, Image.Resampling.BICUBIC, expand=True)
        where = where.rotate(angle, expand=True)
    wide, high = letters.size
    left = int(rng.integers(-wide // 6, max(1, plane.shape[1] - wide * 5 // 6)))
    top = int(rng.integers(-high // 8, max(1, plane.shape[0] - high * 7 // 8)))
    left, top = max(left, 0), max(top, 0)  # cut off at the right and the bottom only: the same letters, less work
    right, bottom = min(left + wide, plane.shape[1]), min(top + high, plane.shape[0])
    if right - left < 6 or bottom - top < 5 or np.asarray(taken.crop((left, top, right, bottom))).any():
        return
    _write(rng, plane, letters, where, (left, top, right, bottom))
    taken.paste(255, (left, top), where)


def _spoiled(rng: Random, plane: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return it as stored: blurred a little, noisy, turned to its negative, through JPEG; some of each."""
    if rng.random() < 0.2:
        plane = gaussian_filter(plane, rng.uniform(0.3, 0.9), truncate=2.5)
    if rng.random() < 0.2:
        plane = plane + rng.normal(0, rng.uniform(1, 8), plane.shape)
    if rng.random() < 0.15:
        plane = 255 - plane
    stored = plane.clip(0, 255).astype(np.uint8)
    if rng.random() < 0.35:
        held = io.BytesIO()
        Image.fromarray(stored).save(held, "JPEG", quality=int(rng.integers(55, 96)))
        stored = np.asarray(Image.open(held))
    return stored


def sample(rng: Random, real: Real) -> Sample:
    """Return one training picture.

    Parameters
    ----------
    rng : Generator
        The same state gives the same picture.
    real : sequence of sequences of ndarray
        By kind, real pictures without writing to take pieces of.
    """
    plane, is_real = _ground(rng, real)
    if rng.random() < (0.15 if is_real else 0.45):
        marks = np.asarray(distractors.drawn(rng, SHAPE[::-1]), np.float32) / 255
        plane = np.asarray(plane * (1 - marks) + _value(rng, plane, easy=True) * marks, np.float32)
    taken = Image.new("L", SHAPE[::-1])
    if rng.random() >= (0.5 if is_real else 0.12):
        for _ in range(int(rng.integers(1, 6))):
            _string(rng, plane, taken)
    cells = np.asarray(taken, np.float32).reshape(SHAPE[0] // CELL, CELL, SHAPE[1] // CELL, CELL).mean((1, 3)) / 255
    return Sample(_spoiled(rng, plane), cells)
