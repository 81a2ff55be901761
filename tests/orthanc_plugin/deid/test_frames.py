import io

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate

from orthanc_plugin.deid.frames import cleaned, fragments
from orthanc_plugin.deid.outcome import UnreadableError

CANARY = b"QUILLFEATHER"
JPEG = "1.2.840.10008.1.2.4.50"


def _picture() -> Image.Image:
    return Image.fromarray(np.arange(64 * 64 * 3, dtype=np.uint32).astype(np.uint8).reshape(64, 64, 3))


def _frame() -> bytes:
    """Return a JPEG with the canary in EXIF, in a comment and after its end."""
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    _picture().save(buffer, "JPEG", exif=exif, comment=CANARY, quality=90)
    return buffer.getvalue() + CANARY


def _cleaned(frames: list[bytes], syntax: str = JPEG) -> bytes:
    data = encapsulate(frames)
    values, _ = fragments(data, 0, len(data), delimited=False)
    out = bytearray(data)
    for (start, end), new in cleaned(data, values, syntax).items():
        out[start:end] = new
    return bytes(out)


def test_text_in_a_jpeg_frame_is_blanked_and_no_pixel_changes():
    frame = _frame()
    assert CANARY in frame
    made = _cleaned([frame, frame])
    assert CANARY not in made
    assert len(made) == len(encapsulate([frame, frame]))
    start = made.index(b"\xff\xd8")
    shown = np.asarray(Image.open(io.BytesIO(made[start : start + len(frame)])))
    assert np.array_equal(shown, np.asarray(Image.open(io.BytesIO(frame))))


def test_a_comment_in_a_jpeg_2000_codestream_is_blanked_and_no_pixel_changes():
    buffer = io.BytesIO()
    _picture().save(buffer, "JPEG2000", no_jp2=True, comment=CANARY)
    frame = buffer.getvalue()
    assert CANARY in frame
    made = _cleaned([frame], "1.2.840.10008.1.2.4.90")
    assert CANARY not in made
    shown = np.asarray(Image.open(io.BytesIO(made[made.index(b"\xff\x4f") :])))
    assert np.array_equal(shown, np.asarray(Image.open(io.BytesIO(frame))))


def test_a_frame_that_is_not_what_it_says_is_refused():
    with pytest.raises(UnreadableError, match="not what its transfer syntax says"):
        _cleaned([CANARY])


def test_a_frame_that_is_cut_short_is_refused():
    with pytest.raises(UnreadableError):
        _cleaned([b"\xff\xd8\xff\xe1\x40\x00Exif"])


def test_items_without_an_end_are_refused():
    data = encapsulate([_frame()])
    with pytest.raises(UnreadableError):
        fragments(data, 0, len(data) - 9)


def test_pydicoms_own_jpeg_frames_stay_as_they_were_where_there_is_no_text():
    ds = pydicom.dcmread(get_testdata_file("JPEG2000.dcm"))
    before = ds.pixel_array
    values, _ = fragments(ds.PixelData, 0, len(ds.PixelData), delimited=False)
    out = bytearray(ds.PixelData)
    for (start, end), new in cleaned(ds.PixelData, values, ds.file_meta.TransferSyntaxUID).items():
        out[start:end] = new
    ds.PixelData = bytes(out)
    assert np.array_equal(ds.pixel_array, before)
