"""Writing in any picture is covered before it leaves, whatever its kind and whatever it says of itself (R23, R30)."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from orthanc_plugin.deid import ReleaseKey, deidentify, load_profile
from tests.orthanc_plugin.deid.conftest import read, sample

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
CR, DX, CT = "1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1", "1.2.840.10008.5.1.4.1.1.2"


def phantom():
    """Return a limb on a noisy plate of 12 bits, with a bright joint and soft edges."""
    down, right = np.mgrid[0:560, 0:480].astype(np.float32)
    limb = 1800 * np.exp(-(((right - 240) / 90) ** 4)) + 700 * np.exp(-((right - 200) ** 2 + (down - 300) ** 2) / 2500)
    return 300 + limb + np.random.default_rng(5).normal(0, 12, limb.shape)


def written(plane, text, at, size, value, *, upright=True):
    mask = Image.new("L", plane.shape[::-1] if upright else plane.shape, 0)
    ImageDraw.Draw(mask).text(at, text, fill=255, font=ImageFont.truetype(FONT, size))
    share = np.asarray(mask if upright else mask.rotate(90, expand=True), dtype=np.float32) / 255
    return plane * (1 - share) + value * share


def radiograph(plane, sop_class):
    ds = sample("CT_small.dcm")
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = sop_class
    ds.Modality, ds.BodyPartExamined = "DX" if sop_class == DX else "CR", "KNEE"
    ds.Rows, ds.Columns = plane.shape
    ds.PixelData = plane.clip(0, 4095).astype("<i2").tobytes()
    return ds


@pytest.mark.parametrize("profile", ["teaching", "limited", "send-out"])
@pytest.mark.parametrize("sop_class", [CR, DX, CT])
def test_a_name_in_a_margin_is_covered_and_all_else_stays(as_bytes, profile, sop_class):
    plane = written(phantom(), "ROSSENDALE IVY", (6, 6), 22, 4000.0)
    ds = radiograph(plane, sop_class)
    ds.BurnedInAnnotation = "NO"
    outcome = deidentify(as_bytes(ds), load_profile(profile), ReleaseKey.random())
    assert outcome.status == "released", outcome.reason
    new = read(outcome.data)
    inked = plane != phantom()
    assert new.pixel_array[inked].max() < 400, "no letter is left"
    below = slice(60, None)
    assert (new.pixel_array[below] == ds.pixel_array[below]).all()
    assert outcome.pixels.covered
    assert outcome.pixels.read_twice
    assert outcome.pixels.statement() == "searched for writing by two independent programs: writing found and covered"


def test_a_radiograph_without_writing_passes(as_bytes):
    outcome = deidentify(as_bytes(radiograph(phantom(), CR)), load_profile("teaching"), ReleaseKey.random())
    assert outcome.status == "released", outcome.reason


def test_one_image_without_writing_does_not_speak_for_another_of_the_same_size(as_bytes):
    clean, marked = phantom(), written(phantom(), "ROSSENDALE I", (6, 6), 22, 4000.0)
    for plane, covered in ((clean, False), (marked, True), (clean, False)):
        outcome = deidentify(as_bytes(radiograph(plane, DX)), load_profile("print"), ReleaseKey.random())
        assert bool(outcome.pixels.covered) == covered


def test_pixels_that_nobody_can_look_at_do_not_pass(as_bytes):
    ds = radiograph(phantom(), CR)
    ds.BitsAllocated = 12
    outcome = deidentify(as_bytes(ds), load_profile("teaching"), ReleaseKey.random())
    assert outcome.status == "quarantined"
    assert "cannot be decoded" in outcome.reason
