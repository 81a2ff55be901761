import io

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate, generate_frames

from orthanc_plugin.deid.errors import UnreadableError
from orthanc_plugin.deid.pixels.frames import cleaned, fragments
from orthanc_plugin.verify.look.embedded import segments

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
    for (start, end), new in cleaned(data, values, syntax, 64 * 64).items():
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


@pytest.mark.parametrize("marker", [0x02, 0xBF, 0xE9, 0xF1, 0xFD, 0xFE])
def test_text_in_a_segment_that_no_image_needs_is_blanked(marker):
    plain = io.BytesIO()
    _picture().save(plain, "JPEG", quality=90)
    segment = bytes([0xFF, marker, 0, len(CANARY) + 2]) + CANARY
    frame = plain.getvalue()[:2] + segment + plain.getvalue()[2:]
    made = _cleaned([frame])
    assert CANARY not in made
    assert plain.getvalue()[2:] in made


@pytest.mark.parametrize("way", [1, 2, 3])
def test_text_behind_the_colours_of_a_jp2_file_is_blanked(way):
    buffer = io.BytesIO()
    _picture().save(buffer, "JPEG2000")
    colours = bytes([way, 0, 0]) + (16).to_bytes(4, "big")
    box = (8 + 7 + len(CANARY)).to_bytes(4, "big") + b"colr" + colours + CANARY
    frame = buffer.getvalue()[:12] + box + buffer.getvalue()[12:]
    made = _cleaned([frame], "1.2.840.10008.1.2.4.91")
    assert CANARY not in made
    assert b"colr" + colours in made


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
    for (start, end), new in cleaned(
        ds.PixelData, values, ds.file_meta.TransferSyntaxUID, ds.Rows * ds.Columns
    ).items():
        out[start:end] = new
    ds.PixelData = bytes(out)
    assert np.array_equal(ds.pixel_array, before)


RLE_FILES = ["MR_small_RLE.dcm", "OBXXXX1A_rle.dcm", "SC_rgb_rle_2frame.dcm", "SC_rgb_rle_16bit.dcm", "rtdose_rle.dcm"]


def _hidden(frame: bytes) -> bytes:
    """Return an RLE frame with the canary where offsets are unused, and behind its last segment."""
    return frame[:52] + CANARY + frame[64:] + CANARY + bytes(len(CANARY) % 2)


@pytest.mark.parametrize("name", RLE_FILES)
def test_text_in_the_room_of_an_rle_frame_goes_and_no_pixel_changes(name):
    ds = pydicom.dcmread(get_testdata_file(name))
    number = int(ds.get("NumberOfFrames", 1))
    before = list(generate_frames(ds.PixelData, number_of_frames=number))
    data, pixels = encapsulate([_hidden(frame) for frame in before]), ds.pixel_array
    values, _ = fragments(data, 0, len(data), delimited=False)
    out = bytearray(data)
    new = cleaned(data, values, ds.file_meta.TransferSyntaxUID, ds.Rows * ds.Columns)
    for (start, end), clean in new.items():
        out[start:end] = clean
    assert CANARY in data
    assert CANARY not in bytes(out)
    assert len(new) == number
    after = list(generate_frames(bytes(out), number_of_frames=number))
    assert [frame[: len(old)] for frame, old in zip(after, before, strict=True)] == before
    ds.PixelData = bytes(out)
    assert (ds.pixel_array == pixels).all()
    assert cleaned(bytes(out), values, ds.file_meta.TransferSyntaxUID, ds.Rows * ds.Columns) == {}


@pytest.mark.parametrize("frame", [b"short", bytes(64), CANARY * 8, b"\x01\0\0\0\xff\xff\0\0" + bytes(60)])
def test_what_is_no_rle_frame_is_not_passed_on(frame):
    with pytest.raises(UnreadableError):
        _cleaned([frame + b"\0" * (len(frame) % 2)], "1.2.840.10008.1.2.5")


def test_the_verifier_looks_behind_the_runs_of_an_rle_frame():
    ds = pydicom.dcmread(get_testdata_file("MR_small_RLE.dcm"))
    frame = next(generate_frames(ds.PixelData, number_of_frames=1))
    assert list(segments(frame, ds.Rows * ds.Columns)) == []
    assert [part for _, part in segments(frame + CANARY, ds.Rows * ds.Columns)] == [CANARY]


@pytest.mark.parametrize("table", [CANARY, b"abc", bytes(4) + CANARY[:4]])
def test_an_offset_table_that_is_none_is_not_passed_on(table):
    item = b"\xfe\xff\x00\xe0"
    data = item + len(table).to_bytes(4, "little") + table + encapsulate([_frame()], has_bot=False)[8:]
    values, _ = fragments(data, 0, len(data), delimited=False)
    with pytest.raises(UnreadableError, match="offset table"):
        cleaned(data, values, JPEG, 64 * 64)
