"""How long a person waits: for a held image's first picture, and for a series to be done again once it is decided."""

import os
from collections.abc import Callable, Iterator

import numpy as np

from orthanc_plugin.deid import ConsentBasis, ReleaseKey, deidentify, load_profile
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.basis import basis_of
from orthanc_plugin.deid.reviewed import Reviewed
from orthanc_plugin.engine.showing.asked import Look
from orthanc_plugin.engine.showing.pictures import Pictures
from orthanc_plugin.pixel_bench import grounds, wording
from orthanc_plugin.pixel_bench.objects import Kind, stored
from orthanc_plugin.verify import KnownIdentifiers, findings_in_pixels, known_in_bytes, verify
from orthanc_plugin.verify.reading import tesseract

FIRST_SECONDS, SERIES_SECONDS = 0.5, 10.0
"""The limits: of a first picture, and of a series of 100 images."""
_SEED, _FRAMES, _DRAWN, _SERIES, _REDONE = 0xF1, 60, 6, 100, 20
_STILL, _CINE, _CT = Kind("6.1", "US"), Kind("3.1", "US"), Kind("2", "CT", bits=12, intercept=-1024)
_AREAS = (Area(0, 0, 200, 40),)


def waits() -> Iterator[str]:
    """Yield lines for people: CPU seconds of one core, without Orthanc and the network, each beside its limit."""
    rng = np.random.default_rng(_SEED)
    frames = [frame.clip(0, 255) for frame in grounds.ultrasound(rng, (768, 1024), _DRAWN)]
    film = frames * (_FRAMES // _DRAWN)
    person = wording.person(rng)
    held = {
        "a still": stored(_STILL, person, 1, frames[:1]),
        f"a JPEG cine of {_FRAMES} frames": stored(Kind("3.1", "US", stored="jpeg"), person, 2, film),
        f"a native cine of {_FRAMES} frames": stored(_CINE, person, 3, film),
    }
    for name, data in held.items():
        spent = _seconds(lambda data=data: _first_picture(data))  # type: ignore[misc]  # bound: each has its own
        yield f"first picture of {name} of 768 x 1024: {spent:.2f} CPU s (limit {FIRST_SECONDS})"
    series = [stored(_CT, person, number, grounds.slices(rng, (512, 512), 1)) for number in range(_REDONE)]
    spent = _seconds(lambda: _redo(series)) * _SERIES / _REDONE
    yield f"decided series of {_SERIES} slices of 512 x 512, done again: {spent:.1f} CPU s (limit {SERIES_SECONDS:g})"


def _seconds(work: Callable[[], object]) -> float:
    tesseract.end()
    start = sum(os.times()[:4])
    work()
    tesseract.end()  # what it took is known once it has ended
    return max(sum(os.times()[:4]) - start, 0.01)


def _first_picture(data: bytes) -> bytes:
    """Do what the engine does for a picture of which it has read nothing yet."""
    basis_of(data, "writing", "writing in its pixels")
    pictures = Pictures(data)
    pictures.facts()
    return pictures.png(Look())


def _redo(series: list[bytes]) -> None:
    """Cover what was decided in each image, and let it be read again by the verifier and the second reader."""
    profile, key, decided = load_profile("teaching"), ReleaseKey.random(), Reviewed(_AREAS, no_face=True)
    known = KnownIdentifiers().merge(*map(known_in_bytes, series))
    for data in series:
        new = deidentify(data, profile, key, consent=ConsentBasis(), reviewed=decided).data
        verify(new, known)
        findings_in_pixels(new, known)
