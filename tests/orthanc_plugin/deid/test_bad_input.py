"""Files that lie about themselves end in a reason or in a clean object, never in a crash or a leak."""

import os
import struct
import zlib
from io import BytesIO

import pydicom
import pytest
from pydicom.data import get_testdata_file

from orthanc_plugin.deid import ReleaseKey, deidentify, load_profile
from orthanc_plugin.deid.objects import container
from orthanc_plugin.files.sources import sources
from tests.orthanc_plugin.deid.conftest import as_file, sample

NAME = b"ROSSENDALE^IVY"


def ct():
    ds = sample("CT_small.dcm")
    ds.PatientName = NAME.decode()
    return as_file(ds)


def changed(data, start, new):
    at = data.index(start)
    return data[: at + len(start) - len(new)] + new + data[at + len(start) :]


PIXELS = b"\xe0\x7f\x10\x00OW\x00\x00"


def wrong_length():
    return changed(ct(), b"\x08\x00\x60\x00CS\x02\x00", struct.pack("<H", 60_000))


def four_gigabytes():
    data = ct()
    at = data.index(PIXELS) + len(PIXELS)
    return data[:at] + struct.pack("<I", 0xFFFFFFFE) + data[at + 4 :]


def nested_200_deep():
    inner = b"\x08\x00\x60\x00CS\x02\x00CT"
    for _ in range(200):
        item = b"\xfe\xff\x00\xe0" + struct.pack("<I", len(inner)) + inner
        inner = b"\x40\x00\x30\xa7SQ\x00\x00" + struct.pack("<I", len(item)) + item
    data = ct()
    at = data.index(PIXELS)
    return data[:at] + inner + data[at:]


def deflated_bomb():
    raw = open(get_testdata_file("image_dfl.dcm"), "rb").read()  # noqa: PTH123, SIM115
    start = container.read_header(raw).start
    machine = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    return raw[:start] + b"".join(machine.compress(bytes(1 << 20)) for _ in range(8)) + machine.flush()


REFUSED = {
    "an empty file": (lambda: b"", "an empty file"),
    "a length that leads out of the file": (wrong_length, "truncated"),
    "four gigabytes of pixels": (four_gigabytes, "truncated"),
    "sequences in sequences": (nested_200_deep, "nested deeper"),
    "a bomb": (deflated_bomb, "would grow beyond"),
    "noise": (lambda: bytes(128) + b"DICM" + bytes(range(256)) * 8, ""),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_hostile_file_is_refused_with_its_reason(kind, monkeypatch):
    monkeypatch.setattr(container, "MOST_INFLATED", 1 << 20)
    make, reason = REFUSED[kind]
    outcome = deidentify(make(), load_profile("teaching"), ReleaseKey.random())
    assert outcome.status in ("quarantined", "excluded")
    assert reason in outcome.reason
    assert outcome.reason
    assert outcome.data == b""
    assert "ROSSENDALE" not in outcome.reason


def out_of_order():
    data = ct()
    at = data.index(b"\x10\x00\x10\x00PN")
    size = 8 + struct.unpack("<H", data[at + 6 : at + 8])[0]
    return data[:at] + data[at + size :] + data[at : at + size]


def name_as(vr):
    return changed(ct(), b"\x10\x00\x10\x00PN", vr)


LYING = {
    "the name behind the pixels": out_of_order,
    "the name as a UID": lambda: name_as(b"UI"),
    "the name as text": lambda: name_as(b"LO"),
    "the name as bytes": lambda: name_as(b"AE"),
}


@pytest.mark.parametrize("kind", LYING)
@pytest.mark.parametrize("profile", ["teaching", "limited", "send-out"])
def test_a_file_that_lies_comes_out_clean_or_not_at_all(kind, profile):
    outcome = deidentify(LYING[kind](), load_profile(profile), ReleaseKey.random())
    assert b"ROSSENDALE" not in outcome.data.upper()
    assert outcome.status == "released"
    assert pydicom.dcmread(BytesIO(outcome.data)).PatientIdentityRemoved == "YES"


def test_a_folder_that_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    (tmp_path / "one.dcm").write_bytes(b"x")
    scandir = os.scandir

    def guarded(path):
        if str(path).endswith("closed"):  # root may read everything, so the kernel's answer is given here
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    found = {source.name: source.refusal for source in sources(tmp_path)}
    assert found == {"one.dcm": "", "closed": "a folder that cannot be read: Permission denied"}
