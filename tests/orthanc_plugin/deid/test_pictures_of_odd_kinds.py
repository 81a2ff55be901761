"""Pixels of one bit, of 32, of real numbers, and of thousands of frames are looked at like any others (R23, R30)."""

import io
import tracemalloc

import numpy as np
import pydicom
import pytest

from orthanc_plugin.deid import ConsentBasis, ReleaseKey, deidentify, load_profile
from orthanc_plugin.pixel_bench import wording
from orthanc_plugin.pixel_bench.objects import Kind, stored
from orthanc_plugin.rendering import decoded
from tests.orthanc_plugin.deid.pixels.drawing import lettering, put
from tests.orthanc_plugin.deid.test_pictures_with_writing import NAME, plate, sector

PERSON = wording.person(np.random.default_rng(9))


def left_of(data):
    """Return the frames before and after, one by one."""
    outcome = deidentify(data, load_profile("teaching"), ReleaseKey.random(), consent=ConsentBasis())
    assert outcome.status == "released", outcome.reason
    assert outcome.pixels.covered
    return (decoded(pydicom.dcmread(io.BytesIO(one))) for one in (data, outcome.data))


def of_one_bit(ds, plane):
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 1, 1, 0
    ds.PixelData = np.packbits(plane > 180, bitorder="little").tobytes()


def of_32_bits(ds, plane):
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 32, 32, 31
    ds.PixelData = (plane * 1e6).astype("<u4").tobytes()


def of_real_numbers(ds, plane):
    for keyword in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
        del ds[keyword]
    ds.BitsAllocated, ds.FloatPixelData = 32, (plane / 7).astype("<f4").tobytes()


@pytest.mark.parametrize("keep", [of_one_bit, of_32_bits, of_real_numbers])
def test_a_name_is_covered_however_deep_the_pixels_are(keep):
    plane = plate()
    ink = put(plane, lettering(NAME, 16), (12, 12), 250)
    ds = pydicom.dcmread(io.BytesIO(stored(Kind("4", "MR"), PERSON, 1, [plane])))
    keep(ds, plane)
    held = io.BytesIO()
    ds.save_as(held)
    before, after = map(next, left_of(held.getvalue()))
    assert (before[ink] != after[ink]).mean() > 0.9
    assert len(np.unique(after[ink])) == 1
    assert (before[100:] == after[100:]).all()


def test_a_name_in_one_of_two_thousand_frames_is_covered_there_and_memory_stays_bounded():
    frame = sector(1, (64, 96))
    frames = [frame] * 2000
    frames[1234] = frame.copy()
    ink = put(frames[1234], lettering("IVY ROSS", 12), (10, 30), 250)
    data = stored(Kind("3.1", "US"), PERSON, 1, frames)
    tracemalloc.start()
    before, after = left_of(data)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * len(data)
    for number, (was, became) in enumerate(zip(before, after, strict=True)):
        assert (was[ink] != became[ink]).mean() > 0.9 if number == 1234 else (was == became).all()
