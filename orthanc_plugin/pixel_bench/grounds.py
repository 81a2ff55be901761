"""Drawn grounds of each modality, as shown: grey levels 0 to 255, frames of (rows, columns) or (rows, columns, 3).

None of it is drawn by the code that draws the training pictures of our own network.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

Random = np.random.Generator
Frame = NDArray[Any]


def _grid(rows: int, columns: int) -> tuple[Frame, Frame]:
    y, x = np.mgrid[0:rows, 0:columns]
    return (y / rows - 0.5) * 2, (x / columns - 0.5) * 2


def _blobs(rng: Random, shape: tuple[int, int], number: int) -> Frame:
    """Return smooth ellipses, brighter and darker, about 0."""
    y, x = _grid(*shape)
    field = np.zeros(shape)
    for _ in range(number):
        u, v, a, b = rng.uniform(-0.8, 0.8), rng.uniform(-0.8, 0.8), rng.uniform(0.08, 0.5), rng.uniform(0.08, 0.5)
        field += rng.uniform(-1, 1) / (1 + np.exp(np.minimum(12 * (((x - u) / a) ** 2 + ((y - v) / b) ** 2 - 1), 60)))
    return field


def ultrasound(rng: Random, shape: tuple[int, int], frames: int) -> list[Frame]:
    """Return a sector of speckle on black, its tissue the same in all frames, its speckle half new in each."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    across = x - shape[1] / 2
    inside = (np.hypot(y, across) < shape[0] * 0.92) & (np.abs(np.arctan2(across, y + 1)) < rng.uniform(0.5, 0.85))
    inside &= np.hypot(y, across) > shape[0] * 0.08
    tissue = np.exp(0.8 * _blobs(rng, shape, 8)) * np.linspace(1.2, rng.uniform(0.3, 0.9), shape[0])[:, None]
    grain, gain = (rng.uniform(0.5, 1.2), rng.uniform(0.8, 2.2)), rng.uniform(25, 60)
    still = rng.standard_normal((2, *shape))
    found = []
    for _ in range(frames):
        waves = [gaussian_filter(still[n] + rng.standard_normal(shape), grain) for n in (0, 1)]
        echo = np.hypot(*waves) / waves[0].std()
        found.append((tissue * echo * gain * inside).clip(0, 255))
    return found


def radiograph(rng: Random, shape: tuple[int, int], frames: int) -> list[Frame]:
    """Return overlapping soft shapes with a sharp collimator and noise."""
    base = 120 + 90 * _blobs(rng, shape, 12) + 25 * gaussian_filter(rng.standard_normal(shape), 12) * 12
    rows, columns = (int(side * rng.uniform(0, 0.08)) for side in shape)
    noise = rng.uniform(2, 10)
    found = []
    for _ in range(frames):
        frame = (base + rng.normal(0, noise, shape)).clip(0, 255)
        frame[:rows], frame[shape[0] - rows :] = 3, 3
        frame[:, :columns], frame[:, shape[1] - columns :] = 3, 3
        found.append(frame)
    return found


def slices(rng: Random, shape: tuple[int, int], frames: int) -> list[Frame]:
    """Return a body with organs on black, each frame a little further on."""
    y, x = _grid(*shape)
    outline = (x / rng.uniform(0.7, 0.9)) ** 2 + (y / rng.uniform(0.5, 0.75)) ** 2
    organs = _blobs(rng, shape, 9)
    body = rng.uniform(70, 120) + 60 * organs + 80 * (np.abs(outline - 0.93) < 0.05)
    return [
        np.where(outline < 1, body, 4 + 3 * rng.random(shape)) + rng.normal(0, rng.uniform(2, 7), shape)
        for _ in range(frames)
    ]


def counts(rng: Random, shape: tuple[int, int], frames: int) -> list[Frame]:
    """Return counts of a camera of nuclear medicine: few, and Poisson."""
    y, x = _grid(*shape)
    body = np.exp(-(((x / 0.4) ** 4) + ((y / 0.9) ** 4))) * (6 + 5 * np.maximum(_blobs(rng, shape, 10), -1))
    seen = [rng.poisson(np.maximum(gaussian_filter(body, 2), 0) + 0.05).astype(float) for _ in range(frames)]
    return [(frame / max(frame.max(), 1) * 255) for frame in seen]


def photograph(rng: Random, shape: tuple[int, int], frames: int) -> list[Frame]:
    """Return skin over cloth under uneven light."""
    y, x = _grid(*shape)
    weave = 6 * np.sin(x * rng.uniform(60, 200) + y * rng.uniform(0, 20)) * np.sin(y * rng.uniform(60, 200))
    cloth = rng.uniform(60, 230, 3) + (weave + 30 * _blobs(rng, shape, 5))[..., None]
    limb = np.abs(y - rng.uniform(-0.3, 0.3) - rng.uniform(-0.5, 0.5) * x) < rng.uniform(0.25, 0.5)
    skin = np.array([205, 160, 135]) * rng.uniform(0.4, 1.1) + (25 * _blobs(rng, shape, 6))[..., None]
    mixed = gaussian_filter(limb.astype(float), 2)[..., None]
    light = (1 + 0.3 * x * rng.uniform(-1, 1))[..., None]
    scene = (skin * mixed + cloth * (1 - mixed)) * light
    return [(scene + rng.normal(0, rng.uniform(1, 6), scene.shape)).clip(0, 255) for _ in range(frames)]
