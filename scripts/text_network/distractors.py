"""What is drawn on pictures and is not writing: lines, curves, rulers, boxes, ticks, callipers, wedges of grey."""

import numpy as np
from PIL import Image, ImageDraw

Random = np.random.Generator


def _point(rng: Random, size: tuple[int, int]) -> tuple[float, float]:
    return float(rng.uniform(-20, size[0] + 20)), float(rng.uniform(-20, size[1] + 20))


def _line(rng: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int], fill: int) -> None:
    pen.line([_point(rng, size), _point(rng, size)], fill, int(rng.integers(1, 4)))


def _ellipse(rng: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int], fill: int) -> None:
    (x, y), wide, high = _point(rng, size), rng.uniform(5, 120), rng.uniform(5, 90)
    full = fill if rng.random() < 0.25 else None
    pen.ellipse((x, y, x + wide, y + high), fill=full, outline=fill, width=int(rng.integers(1, 3)))


def _box(rng: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int], fill: int) -> None:
    (x, y), wide, high = _point(rng, size), rng.uniform(4, 150), rng.uniform(4, 80)
    full = fill if rng.random() < 0.4 else None
    pen.rectangle((x, y, x + wide, y + high), fill=full, outline=fill, width=int(rng.integers(1, 3)))


def _ruler(rng: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int], fill: int) -> None:
    step, length, every = rng.uniform(4, 24), rng.uniform(2, 10), int(rng.integers(2, 11))
    x, y = _point(rng, size)
    down, spine = rng.random() < 0.5, rng.random() < 0.5
    for n in range(int(rng.integers(4, 40))):
        long, at = length * (1.8 if n % every == 0 else 1), n * step
        pen.line((x, y + at, x + long, y + at) if down else (x + at, y, x + at, y + long), fill)
    if spine:
        pen.line((x, y, x, y + at) if down else (x, y, x + at, y), fill)


def _calliper(rng: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int], fill: int) -> None:
    (x, y), (u, v), arm = _point(rng, size), _point(rng, size), rng.uniform(2, 7)
    for cx, cy in ((x, y), (u, v)):
        pen.line((cx - arm, cy, cx + arm, cy), fill)
        pen.line((cx, cy - arm, cx, cy + arm), fill)
    for t in np.linspace(0, 1, int(rng.integers(5, 40))):
        pen.point((x + t * (u - x), y + t * (v - y)), fill)


def _trace(rng: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int], fill: int) -> None:
    x = np.arange(0, size[0], 2)
    beat = np.exp(-(((x + rng.uniform(0, 99)) % rng.uniform(30, 120) - 15) ** 2) / rng.uniform(3, 40))
    y = rng.uniform(0, size[1]) - rng.uniform(5, 50) * beat + rng.normal(0, 0.5, len(x))
    pen.line([(float(a), float(b)) for a, b in zip(x, y, strict=True)], fill)


def _arrow(rng: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int], fill: int) -> None:
    (x, y), angle, reach = _point(rng, size), rng.uniform(0, 2 * np.pi), rng.uniform(5, 25)
    wings = [(x + reach * np.cos(angle + s), y + reach * np.sin(angle + s)) for s in (-0.4, 0.4)]
    pen.polygon([(x, y), *wings], fill=fill)


_KINDS = (_line, _ellipse, _box, _ruler, _calliper, _trace, _arrow)


def drawn(rng: Random, size: tuple[int, int]) -> Image.Image:
    """Return the ink of a few such marks, 0 to 255, for a picture of `size` (columns, rows)."""
    sheet = Image.new("L", size)
    pen = ImageDraw.Draw(sheet)
    for _ in range(int(rng.integers(1, 4))):
        _KINDS[int(rng.integers(len(_KINDS)))](rng, pen, size, int(rng.integers(150, 256)))
    if rng.random() < 0.15:
        left, top = int(rng.integers(0, size[0])), int(rng.integers(0, size[1]))
        wedge = Image.linear_gradient("L").resize((int(rng.integers(4, 16)), int(rng.integers(30, 128))))
        sheet.paste(wedge, (left, top))
    return sheet
