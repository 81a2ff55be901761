"""How long looking takes: stills, frames of cines, slices, radiographs, and volumes asked for a face."""

import os
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.detection import find
from orthanc_plugin.deid.pixels.faces import Geometry, Rescale, VolumeLook
from orthanc_plugin.pixel_bench import grounds

_SEED = 0xB0A
_CINE, _SLICES, _SIDE, _MM = 12, 90, 128, 2.0


def speeds() -> Iterator[str]:
    """Yield lines for people: what one core does in a second, without writing in any picture."""
    rng = np.random.default_rng(_SEED)
    drawn: dict[str, list[NDArray[np.uint8]]] = {
        "still of 480 x 640": _shown(grounds.ultrasound(rng, (480, 640), 1)),
        f"cine of {_CINE} frames of 480 x 640": _shown(grounds.ultrasound(rng, (480, 640), _CINE)),
        "slice of 512 x 512": _shown(grounds.slices(rng, (512, 512), 1)),
        "radiograph of 2000 x 2500": _shown(grounds.radiograph(rng, (2000, 2500), 1)),
    }
    find(drawn["still of 480 x 640"])  # loads the networks
    for name, frames in drawn.items():
        spent = _seconds(lambda frames=frames: find(frames))  # type: ignore[misc]  # bound, so that each has its own
        yield f"{name}: {spent * 1000:.0f} CPU ms, {len(frames) / spent:.2f} frames/s a core"
    spent = _seconds(lambda: _ask_for_a_face(rng))
    yield f"volume of {_SLICES} slices asked for a face: {spent:.2f} CPU s, {1 / spent:.2f} volumes/s a core"


def _shown(frames: list[grounds.Frame]) -> list[NDArray[np.uint8]]:
    return [frame.clip(0, 255).astype(np.uint8) for frame in frames]


def _seconds(work: Callable[[], object]) -> float:
    start = sum(os.times()[:4])
    work()
    return max(sum(os.times()[:4]) - start, 0.01)


def _ask_for_a_face(rng: np.random.Generator) -> object:
    """Ask for a face in a drawn skull: an egg of bone around soft tissue, which is fitted as any head is."""
    look = VolumeLook("CT")
    z, y, x = np.mgrid[-1 : 1 : _SLICES * 1j, -1 : 1 : _SIDE * 1j, -1 : 1 : _SIDE * 1j]
    radius = np.sqrt((x / 0.6) ** 2 + (y / 0.75) ** 2 + (z / 0.9) ** 2)
    values = np.select([radius < 0.85, radius < 0.93, radius < 1], [35.0, 900.0, 20.0], -1000.0)
    noisy = (values + rng.normal(0, 8, values.shape)).astype(np.int16)
    for number, plane in enumerate(noisy):
        at = (-_SIDE * _MM / 2, -_SIDE * _MM / 2, number * _MM)
        look.add(plane, Geometry(at, (1, 0, 0), (0, 1, 0), _MM, _MM, _MM), Rescale())
    return look.finish()
