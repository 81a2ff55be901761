"""Strings to find: kind, size, contrast, rotation and colour, each drawn for itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from orthanc_plugin.pixel_bench import fonts, wording

Random = np.random.Generator
Ink = NDArray[np.float32]
CONTRASTS = ("high", "middle", "low")
ROTATIONS = ("level", "upright", "slanted")


@dataclass(frozen=True, slots=True)
class Hand:
    """How a string will be written, before its place is known."""

    kind: str
    size: int
    contrast: str
    rotation: str
    coloured: bool
    alpha: Ink
    plate: Ink


def hand(rng: Random, person: wording.Person, *, colour: bool) -> Hand:
    """Draw a string and how it looks; each property independent of the others.

    Parameters
    ----------
    rng : Generator
        The same state draws the same.
    person : Person
        Whose name, number and dates may stand there.
    colour : bool
        Whether the picture has colours.
    """
    kind, words = wording.line(rng, person)
    size = int(rng.integers(10, 25)) if rng.random() < 0.85 else int(rng.integers(25, 45))
    contrast = str(rng.choice(CONTRASTS))
    rotation = str(rng.choice(ROTATIONS, p=[0.7, 0.12, 0.18]))
    path = fonts.kept()[int(rng.integers(len(fonts.kept())))]
    sheet = _sheet(words, fonts.font(path, size), crisp=rng.random() < 0.3)
    angle = {"level": 0.0, "upright": float(rng.choice([90, 270])), "slanted": float(rng.uniform(8, 50))}[rotation]
    if rotation == "slanted" and rng.random() < 0.5:
        angle = -angle
    plate = Image.new("L", sheet.size, 255).rotate(angle, expand=True)
    sheet = sheet.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    alpha, under = (np.asarray(image, np.float32) / np.float32(255) for image in (sheet, plate))
    return Hand(kind, size, contrast, rotation, colour and bool(rng.random() < 0.4), alpha, under)


def _sheet(words: str, font: fonts.Font, *, crisp: bool) -> Image.Image:
    left, top, right, bottom = (int(side) for side in font.getbbox(words))
    sheet = Image.new("L", (right - left + 8, bottom - top + 8))
    pen = ImageDraw.Draw(sheet)
    pen.fontmode = "1" if crisp else "L"
    pen.text((4 - left, 4 - top), words, font=font, fill=255)
    return sheet
