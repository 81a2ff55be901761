"""Writing in a radiograph holds it back; a radiograph without passes (R30)."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from orthanc_plugin.deid import ReleaseKey, deidentify, load_profile
from orthanc_plugin.deid.pixels.writing import shows_writing
from tests.orthanc_plugin.deid.conftest import sample

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


@pytest.mark.parametrize("size", [14, 22, 48])
@pytest.mark.parametrize("value", [4000.0, 0.0], ids=["white", "black"])
@pytest.mark.parametrize("at", [(6, 6), (20, 480)], ids=["top", "bottom"])
def test_a_name_in_the_margin_is_seen_whatever_its_size_and_colour(size, value, at):
    assert shows_writing(written(phantom(), "ROSSENDALE I", at, size, value))


def test_writing_along_the_edge_and_over_the_limb_is_seen():
    assert shows_writing(written(phantom(), "Rossendale Ivy 17.03.1962", (30, 8), 20, 4000.0, upright=False))
    assert shows_writing(written(phantom(), "943 476 5919", (150, 200), 26, 4000.0))


def test_a_limb_a_side_marker_and_a_ruler_are_no_writing():
    marked = written(phantom(), "R", (20, 420), 60, 3500.0)
    for tick in range(40, 520, 12):
        marked[tick : tick + 2, 460:472] = 3800.0
    assert not shows_writing(phantom())
    assert not shows_writing(marked)


def test_nothing_is_written_in_an_even_or_a_tiny_image():
    assert not shows_writing(np.full((300, 300), 7))
    assert not shows_writing(np.zeros((16, 16)))


def radiograph(plane, sop_class):
    ds = sample("CT_small.dcm")
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = sop_class
    ds.Modality, ds.BodyPartExamined = "DX" if sop_class == DX else "CR", "KNEE"
    ds.Rows, ds.Columns = plane.shape
    ds.PixelData = plane.clip(0, 4095).astype("<i2").tobytes()
    return ds


@pytest.mark.parametrize("profile", ["teaching", "limited", "send-out"])
@pytest.mark.parametrize("sop_class", [CR, DX])
def test_a_radiograph_with_a_name_in_its_margin_is_held_whatever_it_says_of_itself(as_bytes, profile, sop_class):
    ds = radiograph(written(phantom(), "ROSSENDALE I", (6, 6), 22, 4000.0), sop_class)
    ds.BurnedInAnnotation = "NO"
    outcome = deidentify(as_bytes(ds), load_profile(profile), ReleaseKey.random())
    assert outcome.status == "quarantined"
    assert "R30" in outcome.reason
    assert outcome.data == b""


def test_a_radiograph_without_writing_passes(as_bytes):
    outcome = deidentify(as_bytes(radiograph(phantom(), CR)), load_profile("teaching"), ReleaseKey.random())
    assert outcome.status == "released", outcome.reason


def test_one_image_without_writing_does_not_speak_for_another_of_the_same_size(as_bytes):
    clean, marked = phantom(), written(phantom(), "ROSSENDALE I", (6, 6), 22, 4000.0)
    for plane, status in ((clean, "released"), (marked, "quarantined"), (clean, "released")):
        outcome = deidentify(as_bytes(radiograph(plane, DX)), load_profile("print"), ReleaseKey.random())
        assert outcome.status == status


def test_pixels_that_nobody_can_look_at_do_not_pass(as_bytes):
    ds = radiograph(phantom(), CR)
    ds.BitsAllocated = 12
    outcome = deidentify(as_bytes(ds), load_profile("teaching"), ReleaseKey.random())
    assert outcome.status == "quarantined"
    assert "cannot be decoded" in outcome.reason
