"""Test pictures as real DICOM objects, with the truth about what is written in each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from orthanc_plugin.pixel_bench import grounds, hands, wording, writing
from orthanc_plugin.pixel_bench.objects import Kind, stored
from orthanc_plugin.pixel_bench.writing import Written

_CLEAN = 0.25
"""Share of the pictures in which nothing is written, but lines, rulers and callipers may be drawn."""
_US, _CINE, _PHOTOGRAPH = "6.1", "3.1", "77.1.4"


@dataclass(frozen=True, slots=True)
class Picture:
    """An object to redact and the truth about it.

    Attributes
    ----------
    kind : str
        What it is, as the report names it.
    data : bytes
        The DICOM file.
    strings : tuple of Written
        What is written; empty for a clean one.
    """

    kind: str
    data: bytes
    strings: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    ground: Any
    shapes: tuple[tuple[int, int], ...]
    stored: Kind
    frames: int = 1
    colour: bool = False


_ECHO, _LARGE_ECHO = (240, 320), (480, 640)
PLANS: dict[str, _Plan] = {
    "US still": _Plan(grounds.ultrasound, (_ECHO, _LARGE_ECHO), Kind(_US, "US")),
    "US colour": _Plan(grounds.ultrasound, (_LARGE_ECHO,), Kind(_US, "US"), colour=True),
    "US palette": _Plan(grounds.ultrasound, (_LARGE_ECHO,), Kind(_US, "US", stored="palette")),
    "US JPEG": _Plan(grounds.ultrasound, (_LARGE_ECHO,), Kind(_US, "US", stored="jpeg"), colour=True),
    "US cine": _Plan(grounds.ultrasound, (_ECHO, (360, 480)), Kind(_CINE, "US"), frames=8),
    "US cine JPEG": _Plan(grounds.ultrasound, (_ECHO, (360, 480)), Kind(_CINE, "US", stored="jpeg"), frames=8),
    "CR": _Plan(grounds.radiograph, ((700, 600), (512, 512)), Kind("1", "CR", bits=12)),
    "DX": _Plan(grounds.radiograph, ((800, 640), (512, 512)), Kind("1.1", "DX", bits=12)),
    "CT": _Plan(grounds.slices, ((512, 512), (256, 256)), Kind("2", "CT", bits=12, intercept=-1024)),
    "MR": _Plan(grounds.slices, ((256, 256), (384, 384)), Kind("4", "MR", bits=12)),
    "RF": _Plan(grounds.radiograph, ((512, 512),), Kind("12.2", "RF", bits=8), frames=6),
    "NM": _Plan(grounds.counts, ((256, 256), (512, 256)), Kind("20", "NM", bits=12)),
    "XC": _Plan(grounds.photograph, ((480, 640), (400, 600)), Kind(_PHOTOGRAPH, "XC"), colour=True),
    "XC JPEG": _Plan(grounds.photograph, ((480, 640), (400, 600)), Kind(_PHOTOGRAPH, "XC", stored="jpeg"), colour=True),
}


def corpus(seed: int, pictures: int) -> Iterator[Picture]:
    """Yield pictures one after the other, each kind in turn; a seed always gives the same bytes on the same fonts.

    Parameters
    ----------
    seed : int
        Of the draw. Nothing else of the project uses these numbers.
    pictures : int
        How many.
    """
    names = tuple(PLANS)
    for number in range(pictures):
        rng = np.random.default_rng([0xB0A, seed, number])
        yield _picture(rng, names[number % len(names)], number)


def _picture(rng: np.random.Generator, name: str, number: int) -> Picture:
    plan, person = PLANS[name], wording.person(rng)
    shape = plan.shapes[int(rng.integers(len(plan.shapes)))]
    planes = plan.ground(rng, shape, plan.frames)
    if plan.colour and planes[0].ndim == 2:
        planes = [np.repeat(plane[..., None], 3, 2) for plane in planes]
    if rng.random() < 0.4:
        _decorate(rng, planes)
    strings: tuple[Written, ...] = ()
    if rng.random() >= _CLEAN:
        strings = tuple(_written(rng, plan, planes, person))
    return Picture(name, stored(plan.stored, person, number, planes), strings)


def _written(
    rng: np.random.Generator, plan: _Plan, planes: list[NDArray[Any]], person: wording.Person
) -> Iterator[Written]:
    taken = np.zeros(planes[0].shape[:2], bool)
    for _ in range(int(rng.integers(1, 7))):
        hand = hands.hand(rng, person, colour=plan.colour)
        at = writing.place(rng, hand.alpha, taken)
        if at is None:
            continue
        once = plan.frames > 1 and rng.random() < 0.25
        frames = (int(rng.integers(plan.frames)),) if once else tuple(range(plan.frames))
        plate = plan.stored.modality == "XC" and rng.random() < 0.7
        text = writing.write(rng, planes, hand, at, frames, plate=plate)
        taken[text.box] = True
        yield text


def _decorate(rng: np.random.Generator, planes: list[NDArray[Any]]) -> None:
    """Draw a ruler, callipers, a wedge of grey or a frame into every frame: what is no writing and has to stay."""
    rows, columns = planes[0].shape[:2]
    sheet = Image.new("L", (columns, rows))
    pen, at = ImageDraw.Draw(sheet), int(rng.integers(2, columns - 30))
    kind = int(rng.integers(4))
    if kind == 0:
        for n, y in enumerate(range(10, rows - 10, int(rng.integers(8, 30)))):
            pen.line((at, y, at + (8 if n % 5 else 14), y), 200)
    elif kind == 1:
        ends = rng.integers(20, min(rows, columns) - 20, (2, 2)).tolist()
        for x, y in ends:
            pen.line((x - 5, y, x + 5, y), 230)
            pen.line((x, y - 5, x, y + 5), 230)
    elif kind == 2:
        sheet.paste(Image.linear_gradient("L").resize((12, rows // 2)), (at, rows // 4))
    else:
        pen.rectangle((8, 8, columns - 9, rows - 9), outline=160)
    ink = np.asarray(sheet)
    for plane in planes:
        plane[ink > 0] = ink[ink > 0][:, None] if plane.ndim == 3 else ink[ink > 0]
