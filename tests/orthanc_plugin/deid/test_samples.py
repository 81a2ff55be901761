"""Every file of pydicom and of pydicom-data goes in and comes out valid, or is refused with a reason."""

import io
import subprocess
import warnings
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pydicom
import pytest

from orthanc_plugin.deid import ConsentBasis, Outcome, ReleaseKey, load_profile
from orthanc_plugin.deid.bytewise import OddError
from orthanc_plugin.deid.errors import HeldBackError
from orthanc_plugin.deid.objects.container import DEFLATED, EXPLICIT_LITTLE, IMPLICIT_LITTLE, read_header
from orthanc_plugin.deid.pixels.frames import can_look_into
from orthanc_plugin.deid.single import Request, _deflated, _walked, header_alone, joined, thorough

KEY = ReleaseKey.from_hex("5a" * 32)
PROFILES = ["teaching", "print", "internet", "limited", "send-out"]


def _folder(module: str) -> Path:
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


SAMPLES = sorted(
    path
    for folder in (_folder("pydicom") / "data", _folder("data_store") / "data")
    for path in folder.rglob("*")
    if path.is_file() and path.suffix not in {".py", ".pyc"}
)


@pytest.fixture(autouse=True)
def _pydicoms_complaints_about_its_own_broken_samples():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def outcome(source: Path | bytes, profile: str) -> Outcome:
    """De-identify the header alone: pixels have tests of their own, and a look at all of them takes minutes."""
    data = source if isinstance(source, bytes) else source.read_bytes()
    try:
        made = header_alone(data, Request(load_profile(profile), KEY, ConsentBasis()))
    except HeldBackError as held:
        return Outcome(held.status, str(held))
    return replace(made.outcome, data=joined(data, made.pieces))


def test_there_are_samples_of_both_packages():
    assert len(SAMPLES) > 250


@pytest.mark.parametrize("profile", PROFILES)
def test_every_sample_comes_out_readable_or_is_refused_with_a_reason(profile):
    for path in SAMPLES:
        made = outcome(path, profile)
        if made.status == "released":
            again = pydicom.dcmread(io.BytesIO(made.data))
            assert again.PatientIdentityRemoved == "YES", path.name
            assert again.SOPInstanceUID == made.sop_instance_uid, path.name
        else:
            assert made.reason, path.name
            assert made.data == b"", path.name


@pytest.mark.parametrize("profile", PROFILES)
def test_a_second_run_under_the_same_key_changes_not_a_byte(profile):
    for path in SAMPLES:
        first = outcome(path, profile)
        if first.status == "released":
            assert outcome(first.data, profile).data == first.data, path.name


@pytest.mark.parametrize("profile", ["teaching", "limited", "print"])
def test_the_byte_walker_and_pydicom_agree_to_the_byte(profile):
    request = Request(load_profile(profile), KEY, ConsentBasis())
    compared = 0
    for path in SAMPLES:
        data = path.read_bytes()
        quick = _by(data, request, thoroughly=False)
        if quick is None:
            continue
        slow = _by(data, request, thoroughly=True)
        assert slow is not None
        assert quick[0] == slow[0], path.name
        assert quick[0] != "released" or quick == slow, path.name
        compared += quick[0] == "released"
    assert compared > 100


def _by(data: bytes, request: Request, *, thoroughly: bool) -> tuple[str, str | bytes] | None:
    """Return status and result by one path; None where the byte walker leaves it to the other."""
    try:
        header = read_header(data)
        plain = header.transfer_syntax in (IMPLICIT_LITTLE, EXPLICIT_LITTLE) or can_look_into(header.transfer_syntax)
        if thoroughly:
            made = thorough(data, header, request)
        elif header.transfer_syntax == DEFLATED:
            made, _ = _deflated(data, header, request)
        elif plain:
            made, _ = _walked(data, header.start, header, request)
        else:
            return None
    except OddError:
        return None
    except HeldBackError as held:
        return held.status, str(held)
    return "released", joined(data, made.pieces)


def _errors(path: Path) -> int:
    run = subprocess.run(["dciodvfy", str(path)], capture_output=True, check=False)
    return sum(line.startswith(b"Error") for line in run.stderr.splitlines())


@pytest.mark.parametrize("profile", ["teaching", "limited", "internet"])
def test_dciodvfy_finds_no_more_errors_after_than_before(profile, tmp_path):
    target = tmp_path / "out.dcm"
    worse = []
    for path in SAMPLES:
        made = outcome(path, profile)
        if made.status == "released":
            target.write_bytes(made.data)
            if _errors(target) > _errors(path):
                worse.append(path.name)
    assert worse == []
