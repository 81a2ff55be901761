"""What cannot be redacted surely is refused in words: films, broken and boundless files, areas of another image."""

from pathlib import Path

import numpy as np
import pytest
from pydicom import uid

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.redaction import CannotRedactError, inflating, redact
from tests.orthanc_plugin.deid.pixels import drawn
from tests.orthanc_plugin.deid.pixels.drawn import AREAS, COLUMNS, FRAMES, ROWS, image, planes, reread, written
from tests.orthanc_plugin.deid.pixels.formats import made

MISSHAPEN = {
    "cut in its pixels": lambda source: source[:-100],
    "cut in its header": lambda source: source[:300],
    "no DICOM": lambda source: source[132:],
    "nothing": lambda source: b"",
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["8 bits", "deflated", "RLE 8", "JPEG-LS colour", "JPEG 2000 signed", "JPEG 4:2:2"])
@pytest.mark.parametrize("how", MISSHAPEN)
def test_a_truncated_file_is_refused(name: str, how: str, tmp_path: Path) -> None:
    with pytest.raises(CannotRedactError, match="a person has to decide"):
        redact(MISSHAPEN[how](made(name, tmp_path)), AREAS)


@pytest.mark.parametrize("name", ["RLE 8", "JPEG-LS colour", "JPEG 2000 signed", "JPEG 4:2:2", "JPEG lossless 16"])
def test_a_truncated_frame_is_refused(name: str, tmp_path: Path) -> None:
    ds = reread(made(name, tmp_path))
    cut = [each[: len(each) // 2] for each in drawn.streams(ds)]
    with pytest.raises(CannotRedactError, match=r"truncated|broken"):
        redact(drawn.with_streams(ds, cut, ds.file_meta.TransferSyntaxUID), AREAS)


@pytest.mark.parametrize("name", ["RLE 8", "JPEG-LS colour", "JPEG 2000 colour", "JPEG 4:2:2", "JPEG lossless 16"])
def test_a_header_that_says_another_size_is_refused_before_anything_is_decoded(name: str, tmp_path: Path) -> None:
    ds = reread(made(name, tmp_path))
    ds.Rows, ds.Columns = 65_000, 65_000
    with pytest.raises(CannotRedactError, match=r"larger than what may be decoded|another size"):
        redact(written(ds), AREAS)


def test_a_data_set_that_inflates_beyond_the_limit_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(inflating, "MOST_INFLATED_BYTES", 5_000)
    with pytest.raises(CannotRedactError, match="larger than what may be read"):
        redact(written(image(planes(1)), uid.DeflatedExplicitVRLittleEndian), AREAS)


@pytest.mark.parametrize(
    "change",
    [
        {"PhotometricInterpretation": "CMYK"},
        {"BitsAllocated": 12},
        {"HighBit": 20},
        {"SamplesPerPixel": 2},
        {"Rows": 0},
        {"PixelDataProviderURL": "https://example.org/"},
        {"NumberOfFrames": 4},
    ],
)
def test_a_header_that_does_not_fit_its_pixels_is_refused(change: dict) -> None:
    ds = image(planes(1))
    for keyword, value in change.items():
        setattr(ds, keyword, value)
    with pytest.raises(CannotRedactError):
        redact(written(ds), AREAS)


@pytest.mark.parametrize("syntax", [uid.MPEG2MPML, uid.MPEG4HP41, uid.HEVCMP51, uid.JPEG2000MC])
def test_films_are_left_to_a_person(syntax: str) -> None:
    with pytest.raises(CannotRedactError, match="transfer syntax"):
        redact(drawn.with_streams(image(planes(1)), [b"\0\0\1\xb3" * 9] * 3, syntax), AREAS)


@pytest.mark.parametrize(
    ("areas", "masks"),
    [
        ([Area(1, 1, 9, 9, frame=FRAMES)], None),
        ([], {7: np.ones((ROWS, COLUMNS), bool)}),
        ([], {0: np.ones((9, 9), bool)}),
    ],
)
def test_an_area_of_another_image_is_refused(areas, masks) -> None:
    with pytest.raises(CannotRedactError):
        redact(written(image(planes(1))), areas, masks)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["8 bits", "RLE 32", "JPEG-LS 12 signed", "JPEG 2000 colour", "JPEG lossless 16"])
def test_a_damaged_file_is_redacted_or_refused_and_nothing_else(name: str, tmp_path: Path) -> None:
    source, chance = made(name, tmp_path), np.random.default_rng(11)
    refused = 0
    for _ in range(150):
        damaged = bytearray(source)
        for _ in range(2):
            at = int(chance.integers(132, len(source) if chance.random() < 0.5 else 1500))
            damaged[at : at + int(chance.integers(1, 4))] = bytes(
                chance.integers(0, 256, int(chance.integers(0, 4)), "u1")
            )
        try:
            redact(bytes(damaged), AREAS)
        except CannotRedactError:
            refused += 1
    assert refused
