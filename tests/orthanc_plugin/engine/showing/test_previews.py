"""What a person previews is what would leave: the engine's own writer covered it, frame by frame or all at once."""

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless, JPEGLSLossless, RLELossless

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.redaction import redact
from orthanc_plugin.engine.showing.asked import Look
from orthanc_plugin.engine.showing.held import previewed
from orthanc_plugin.engine.showing.pictures import Pictures
from tests.orthanc_plugin.engine.showing.drawn import as_file, cine, ct, seen

AREAS = (Area(3, 2, 30, 12), Area(40, 20, 50, 40, frame=1))


def grey(syntax=None):
    ds = ct()
    planes = np.random.default_rng(2).integers(0, 4000, (3, 48, 64)).astype("<u2")
    planes += np.arange(3, dtype="<u2")[:, None, None] * 9000
    ds.NumberOfFrames, ds.Rows, ds.Columns, ds.PixelData = 3, 48, 64, planes.tobytes()
    ds.PixelRepresentation = 0
    for name in ("WindowCenter", "WindowWidth", "PixelPaddingValue"):
        ds.pop(name, None)
    if syntax:
        ds.compress(syntax)
    return ds


def with_a_window_in_each_frame():
    ds = grey()
    ds.PerFrameFunctionalGroupsSequence = [Dataset() for _ in range(3)]
    for number, item in enumerate(ds.PerFrameFunctionalGroupsSequence):
        window = Dataset()
        window.WindowCenter, window.WindowWidth = 2000 + 9000 * number, 3000
        item.FrameVOILUTSequence = [window]
    return ds


def with_an_overlay():
    ds = grey()
    for element, vr, value in ((0x10, "US", 48), (0x11, "US", 64), (0x50, "SS", [1, 1]), (0x100, "US", 1)):
        ds.add_new(0x60000000 | element, vr, value)
    ds.add_new(0x60003000, "OW", b"\xff" * (48 * 64 // 8))
    return ds


MADE = {
    "native colour": cine,
    "JPEG": lambda: cine(jpeg=True),
    "native grey": grey,
    "RLE": lambda: grey(RLELossless),
    "JPEG-LS": lambda: grey(JPEGLSLossless),
    "JPEG 2000": lambda: grey(JPEG2000Lossless),
    "a window in each frame": with_a_window_in_each_frame,
}


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
@pytest.mark.parametrize("window", [None, (14000.0, 28000.0)])
def test_a_frame_by_itself_looks_as_it_does_in_the_whole_that_would_leave(made, window):
    data = as_file(made())
    source, whole = Pictures(data), Pictures(redact(data, AREAS))
    for number in range(3):
        found = previewed(source, Look(number, window=window, areas=AREAS))
        assert found is not None
        alone = seen(found[0].png(found[1]))
        assert np.ptp(alone[2:12, 3:30]) == 0
        assert not (number == 1 and np.ptp(alone[20:40, 40:50]))
        if window:
            assert (alone == seen(whole.png(Look(number, window=window)))).all()
        before = seen(source.png(Look(number, window=window)))
        untouched = np.ones((48, 64), bool)
        untouched[0:18, 0:50] = untouched[14:48, 30:64] = False  # blocks of JPEG, and the rim that shares their chroma
        assert (alone[untouched] == before[untouched]).all(), "what is not covered is shown as before"


def test_overlays_that_lie_over_several_frames_take_all_of_them():
    assert previewed(Pictures(as_file(with_an_overlay())), Look(areas=AREAS)) is None


def test_one_image_is_covered_as_it_is():
    assert previewed(Pictures(as_file(cine(1))), Look(areas=AREAS[:1])) is None
