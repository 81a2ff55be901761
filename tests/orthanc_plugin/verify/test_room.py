"""Where numbers should be there is no room for words; and numbers that spell something by chance raise no alarm."""

import struct

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate, generate_frames

from orthanc_plugin.verify import KnownIdentifiers, verify
from orthanc_plugin.verify.reading.icc import legible
from tests.support.datasets import item

NOBODY = KnownIdentifiers(frozenset(), frozenset())
WORDS = b"Owner Fiponevogix"


def _lut(room):
    lut = item(LUTDescriptor=[16, 0, 16], ModalityLUTType="HU")
    lut.add_new("LUTData", "OW", bytes(32) + room)
    return {"ModalityLUTSequence": [lut]}


def _palette(room):
    palette: dict[str, object] = {"PixelRepresentation": 0}
    palette |= {f"{each}PaletteColorLookupTableDescriptor": [256, 0, 16] for each in ("Red", "Green", "Blue")}
    return palette | {f"{each}PaletteColorLookupTableData": bytes(512) + room for each in ("Red", "Green", "Blue")}


def _waveform(room):
    group = item(NumberOfWaveformChannels=1, NumberOfWaveformSamples=10, WaveformBitsAllocated=16)
    group.add_new("WaveformData", "OW", bytes(20) + room)
    return {"WaveformSequence": [group]}


def _spectrum(room):
    points = {"DataPointRows": 1, "DataPointColumns": 2, "DataRepresentation": "COMPLEX"}
    return {"SpectroscopyData": bytes(4 * 4 * 2 * 2 * 4) + room, **points}


def _offsets(room):
    return {"ExtendedOffsetTable": bytes(8) + room, "ExtendedOffsetTableLengths": struct.pack("<Q", 32)}


def _rules(data):
    return {finding.rule for finding in verify(data, NOBODY)}


@pytest.mark.parametrize("describe", [_lut, _palette, _waveform, _spectrum, _offsets])
def test_numbers_as_many_as_described_raise_no_alarm_and_words_behind_them_do(describe, clean, as_bytes):
    padded = WORDS + bytes(-len(WORDS) % 8)
    assert _rules(as_bytes(clean(**describe(b"")))) == set()
    found = _rules(as_bytes(clean(**describe(padded))))
    assert found
    assert found <= {"more-bytes-than-described", "more-bytes-than-offsets"}


@pytest.mark.parametrize("describe", [_lut, _palette, _waveform, _spectrum])
def test_padding_behind_numbers_raises_no_alarm(describe, clean, as_bytes):
    assert _rules(as_bytes(clean(**describe(bytes(16))))) == set()


def test_words_behind_a_frame_that_is_encapsulated_as_it_is_are_found(clean, as_bytes):
    def encapsulated(frame):
        dataset = clean()
        dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1.98"
        dataset.PixelData = encapsulate([frame])
        dataset["PixelData"].is_undefined_length = True
        return as_bytes(dataset)

    assert _rules(encapsulated(bytes(32))) == set()
    assert _rules(encapsulated(bytes(32) + WORDS + b" ")) == {"more-bytes-than-pixels"}


def test_the_frames_of_an_rle_image_are_told_apart(clean, as_bytes):
    source = dcmread(get_testdata_file("MR_small_RLE.dcm"))
    frame = next(generate_frames(source.PixelData, number_of_frames=1))
    sizes = {"Rows": source.Rows, "Columns": source.Columns, "NumberOfFrames": 2}
    for behind, rules in ((b"", set()), (b"mail fipo@example.org", {"pattern-email"})):
        dataset = clean(**sizes, PixelData=encapsulate([frame, frame + behind + bytes(len(behind) % 2)]))
        dataset.file_meta.TransferSyntaxUID = source.file_meta.TransferSyntaxUID
        dataset["PixelData"].is_undefined_length = True
        assert _rules(as_bytes(dataset)) == rules


@pytest.mark.parametrize(("number", "rules"), [(2, set()), (1, {"more-frames-than-described"})])
@pytest.mark.parametrize("name", ["MR_small_RLE.dcm", "MR_small_jp2klossless.dcm"])
def test_a_frame_behind_the_last_one_is_found(clean, as_bytes, name, number, rules):
    source = dcmread(get_testdata_file(name))
    frame = next(generate_frames(source.PixelData, number_of_frames=1))
    sizes = {"Rows": source.Rows, "Columns": source.Columns, "NumberOfFrames": number}
    dataset = clean(**sizes, PixelData=encapsulate([frame, frame]))
    dataset.file_meta.TransferSyntaxUID = source.file_meta.TransferSyntaxUID
    dataset["PixelData"].is_undefined_length = True
    assert _rules(as_bytes(dataset)) == rules


def _profile(words):
    """Return an ICC profile with a description and a curve that hold the same bytes."""
    text, curve = b"desc" + bytes(8) + words, b"curv" + bytes(8) + words
    entries = [(b"desc", 156, len(text)), (b"rTRC", 156 + len(text), len(curve))]
    header = bytes(36) + b"acsp" + bytes(88) + struct.pack(">L", len(entries))
    return header + b"".join(name + struct.pack(">LL", *place) for name, *place in entries) + text + curve


def test_a_colour_profile_is_read_by_its_texts_and_not_by_its_curves(clean, as_bytes):
    words = b"Fipone^Vogix"
    assert legible(_profile(words)).count(words) == 1
    assert legible(words) == words
    assert _rules(as_bytes(clean(ICCProfile=_profile(words)))) == {"pattern-name-with-caret"}
    assert _rules(as_bytes(clean(ICCProfile=_profile(words).replace(words, bytes(len(words)), 1)))) == set()
