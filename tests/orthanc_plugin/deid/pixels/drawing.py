"""Pictures with writing in them: kind, size, contrast, place, angle and colour are drawn each on its own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from orthanc_plugin.deid.pixels.detection import Line

DEJAVU = "/usr/share/fonts/truetype/dejavu/"
FONTS = [
    DEJAVU + name
    for name in ("DejaVuSans.ttf", "DejaVuSansMono.ttf", "DejaVuSerif-Bold.ttf", "DejaVuSansCondensed.ttf")
]
KINDS = ("slice", "speckle", "radiograph", "flat")
SHAPE = (200, 288)
STRINGS = ("ROSSENDALE, IVY", "943 476 5919", "17/03/1962", "Rossendale Ivy", "RV20047001", "04.11.2023 16:52")


@dataclass(frozen=True)
class Written:
    """One string in a picture: where its ink is."""

    ink: NDArray[np.bool_]
    frame: int | None = None

    def hidden(self, found: tuple[Line, ...]) -> bool:
        """Say whether nine tenths of the ink lie in what was found."""
        covered = np.zeros(self.ink.shape, dtype=bool)
        for line in found:
            for part in line.parts:
                if part.frame in (None, self.frame):
                    covered[part.top : part.bottom, part.left : part.right] = True
        return bool(covered[self.ink].mean() >= 0.9)


def ground(kind, random, shape=SHAPE):
    """Return a picture without writing."""
    down, right = np.mgrid[0 : shape[0], 0 : shape[1]]
    y, x = down / shape[0] - 0.5, right / shape[1] - 0.5
    if kind == "slice":
        body = ((x / 0.4) ** 2 + (y / 0.35) ** 2 < 1) * 110.0 - ((x / 0.1) ** 2 + ((y - 0.1) / 0.12) ** 2 < 1) * 50.0
        return body + ndimage.gaussian_filter(random.normal(0, 1, shape), 3) * 40 + random.normal(12, 4, shape)
    if kind == "speckle":
        sector = (np.hypot(down + 10, right - shape[1] / 2) < shape[0]) & (np.abs(np.arctan2(x, y + 0.6)) < 0.7)
        return random.rayleigh(random.uniform(25, 45), shape) * sector
    if kind == "radiograph":
        return 70 + 90 * np.exp(-((x / 0.3) ** 2)) + random.normal(0, 6, shape)
    return np.full(shape, float(random.choice([0, 60, 128, 200, 250])))


def lettering(text, size, font=FONTS[0], angle=0.0):
    """Return how much ink each pixel has, 0 to 1."""
    face = ImageFont.truetype(font, size)
    left, top, right, bottom = face.getbbox(text)
    sheet = Image.new("L", (right - left + 4, bottom - top + 4))
    ImageDraw.Draw(sheet).text((2 - left, 2 - top), text, font=face, fill=255)
    return np.asarray(sheet.rotate(angle, Image.Resampling.BICUBIC, expand=True), dtype=float) / 255


def put(plane, ink, at, value):
    """Write into a picture, and return which pixels are ink."""
    x, y = at
    place = (slice(y, y + ink.shape[0]), slice(x, x + ink.shape[1]))
    share = ink if plane.ndim == 2 else ink[..., None]
    plane[place] = plane[place] * (1 - share) + np.asarray(value) * share
    mask = np.zeros(plane.shape[:2], dtype=bool)
    mask[place] = ink > 0.5
    return mask


def drawn(seed, *, contrast=(70, 200), angles=(0.0,), kinds=KINDS):
    """Return a picture of any kind with one string, and where it is."""
    random = np.random.default_rng(seed)
    plane = ground(random.choice(kinds), random)
    while True:
        ink = lettering(
            random.choice(STRINGS), int(random.integers(11, 25)), random.choice(FONTS), random.choice(angles)
        )
        room = [plane.shape[n] - ink.shape[n] for n in (0, 1)]
        if min(room) > 4:
            break
    at = int(random.integers(2, room[1] - 1)), int(random.integers(2, room[0] - 1))
    level = float(np.median(plane[at[1] : at[1] + ink.shape[0], at[0] : at[0] + ink.shape[1]]))
    away = random.uniform(*contrast)
    value = level + away if level + away <= 255 else level - away
    before = plane.copy()
    mask = put(plane, ink, at, max(value, 0))
    seen = mask & (np.abs(plane - before) > 20)
    return picture(plane), Written(seen if seen.any() else mask)


def picture(plane):
    """Return it in 8 bits."""
    return plane.clip(0, 255).round().astype(np.uint8)
