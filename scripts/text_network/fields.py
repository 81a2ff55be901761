"""Grounds to write on: speckle of any grain and gain, sectors, soft fields, flats and 1/f noise, as grey levels."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

Field = NDArray[np.float32]
Random = np.random.Generator


def _noise(rng: Random, shape: tuple[int, int], grain: float) -> Field:
    """Return noise of deviation 1 whose spots are about `grain` pixels wide, wider across than down now and then."""
    stretch = rng.uniform(1, 2.5) if rng.random() < 0.5 else 1.0
    raw = rng.standard_normal(shape, dtype=np.float32)
    if grain < 0.3:
        return raw
    soft = gaussian_filter(raw, (grain, grain * stretch), truncate=3)
    return soft / (soft.std() + 1e-6)


def speckle(rng: Random, shape: tuple[int, int]) -> Field:
    """Return Rayleigh speckle, its gain changing slowly, often log-compressed."""
    grain = rng.choice([0.0, rng.uniform(0.4, 1.2), rng.uniform(1.0, 3.0)])
    envelope = np.hypot(_noise(rng, shape, grain), _noise(rng, shape, grain))
    if rng.random() < 0.4:
        envelope = np.log1p(envelope * rng.uniform(1, 6))
    gain = np.exp(rng.uniform(0.1, 0.8) * soft(rng, shape, unit=True))
    return np.asarray(envelope * gain * rng.uniform(8, 90), np.float32)


def soft(rng: Random, shape: tuple[int, int], *, unit: bool = False) -> Field:
    """Return a field that changes slowly: a few random knots, interpolated."""
    rows, columns = int(rng.integers(2, 6)), int(rng.integers(2, 8))
    knots = rng.standard_normal((rows, columns)).astype(np.float32)
    field = zoom(knots, (shape[0] / rows, shape[1] / columns), order=1)[: shape[0], : shape[1]]
    if unit:
        return field
    return np.asarray(rng.uniform(20, 200) + rng.uniform(5, 60) * field, np.float32)


def flat(rng: Random, shape: tuple[int, int]) -> Field:
    """Return one grey level, black more often than others."""
    return np.full(shape, rng.choice([0.0, rng.uniform(0, 40), rng.uniform(0, 255), 255.0]), np.float32)


def clouds(rng: Random, shape: tuple[int, int]) -> Field:
    """Return 1/f noise, as anatomy on a radiograph or the ground of a photograph."""
    down, across = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None]
    power = np.hypot(down, across)
    power[0, 0] = 1
    wave = np.fft.rfft2(rng.standard_normal(shape)) / power ** rng.uniform(0.8, 2)
    field = np.fft.irfft2(wave, shape)
    return np.asarray(rng.uniform(30, 210) + rng.uniform(8, 70) * field / field.std(), np.float32)


def patches(rng: Random, shape: tuple[int, int]) -> Field:
    """Return spots or winding lines of one level on another: thresholded noise, like a mask, vessels or sutures."""
    noise = _noise(rng, shape, rng.uniform(1.5, 9))
    inside = np.abs(noise) < rng.uniform(0.05, 0.25) if rng.random() < 0.5 else noise > rng.uniform(0.3, 2)
    low, high = np.sort(rng.uniform(0, 255, 2)) if rng.random() < 0.6 else (0.0, 255.0)
    field = np.where(inside, high, low) if rng.random() < 0.7 else np.where(inside, low, high)
    return gaussian_filter(field.astype(np.float32), rng.uniform(0.2, 1.2))


def _sector(rng: Random, field: Field) -> Field:
    """Return it black, or nearly, beyond a straight or round edge."""
    y, x = np.mgrid[0 : field.shape[0], 0 : field.shape[1]].astype(np.float32)
    angle, rows, columns = rng.uniform(0, 2 * np.pi), *field.shape
    inside = (x - rng.uniform(0, columns)) * np.cos(angle) + (y - rng.uniform(0, rows)) * np.sin(angle) > 0
    if rng.random() < 0.5:
        radius = rng.uniform(60, 400)
        inside &= np.hypot(x - columns * rng.random(), y + radius - rows * rng.random()) < radius
    return np.where(inside, field, rng.choice([0.0, rng.uniform(0, 30)])).astype(np.float32)


def drawn(rng: Random, shape: tuple[int, int]) -> Field:
    """Return a ground of any of the kinds, with a sensor's noise and a sector's edge on some."""
    kind = rng.choice(5, p=[0.5, 0.12, 0.13, 0.17, 0.08])
    field = (speckle, soft, flat, clouds, patches)[kind](rng, shape)
    if kind in {1, 3, 4} and rng.random() < 0.8:
        field = field + rng.uniform(1, 16) * _noise(rng, shape, rng.choice([0.0, rng.uniform(0.3, 1.2)]))
    if kind == 2 and rng.random() < 0.3:
        field = field + rng.uniform(0.5, 6) * _noise(rng, shape, 0.0)
    return _sector(rng, field) if rng.random() < 0.35 else field.astype(np.float32)
