import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from nacl.public import PrivateKey

from orthanc_plugin.deid import ReleaseKey
from orthanc_plugin.deid.pseudonyms.codes import faults
from orthanc_plugin.deid.pseudonyms.label import parse
from orthanc_plugin.deid.pseudonyms.relink import RelinkError, log, relink
from orthanc_plugin.deid.pseudonyms.store import Pseudonyms

HOLDER = PrivateKey.generate()
INDEX_KEY = b"i" * 32


@pytest.fixture
def project(tmp_path: Path) -> Pseudonyms:
    return Pseudonyms(tmp_path / "project.sqlite", INDEX_KEY, bytes(HOLDER.public_key))


def test_the_same_patient_has_the_same_code_after_a_restart(project, tmp_path):
    first = project.of("H123", "RVW")
    again = Pseudonyms(tmp_path / "project.sqlite", INDEX_KEY, bytes(HOLDER.public_key)).of("H123", "RVW")
    assert first == again
    assert project.of("H124", "RVW") != first


def test_of_many_who_see_a_patient_first_at_one_moment_all_get_one_code(project):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: project.of("H900"), range(24)))) == 1


def test_two_projects_share_nothing(project, tmp_path):
    other = Pseudonyms(tmp_path / "other.sqlite", b"j" * 32, bytes(HOLDER.public_key))
    assert project.of("H123").code != other.of("H123").code


def test_whoever_exports_cannot_read_the_mapping(project, tmp_path):
    project.of("ROSSENDALE-1", identity="Rossendale^Ivy")
    held = (tmp_path / "project.sqlite").read_bytes()
    assert b"ROSSENDALE" not in held.upper()
    code = project.of("ROSSENDALE-1").code
    with pytest.raises(RelinkError, match="does not open"):
        relink(tmp_path / "project.sqlite", code, private_key=bytes(PrivateKey.generate()), who="x", reason="curious")


def test_relinking_needs_a_reason_and_is_logged_before_anything_is_opened(project, tmp_path):
    path = tmp_path / "project.sqlite"
    code = project.of("H123", identity="Rossendale^Ivy").code
    with pytest.raises(RelinkError, match="reason"):
        relink(path, code, private_key=bytes(HOLDER), who="Dr A", reason=" ")
    found = relink(path, code, private_key=bytes(HOLDER), who="Dr A", reason="incidental finding")
    assert (found.patient_id, found.identity) == ("H123", "Rossendale^Ivy")
    assert "Rossendale" not in repr(found)
    assert [(line.who, line.reason, line.code) for line in log(path)] == [("Dr A", "incidental finding", code)]
    with sqlite3.connect(path) as database, pytest.raises(sqlite3.IntegrityError, match="append only"):
        database.execute("DELETE FROM relinking")


def test_nothing_in_ten_thousand_codes_derives_from_the_patient(project):
    rng, key = Random(7), ReleaseKey.random()
    seen = set()
    for number in range(10_000):
        born = date(1930, 1, 1) + timedelta(rng.randrange(30_000))
        patient_id = f"{rng.randrange(10**9):09d}{number % 10}"
        codes = [key.code(patient_id)]
        if number < 100:  # a database row each
            codes.append(project.of(patient_id).code)
        for code in codes:
            assert re.fullmatch(r"AOA-[BCDFGHJKLMNPQRSTVWXZ]{12,16}", code)
            assert faults(code, name="Quillfeather^Ada", birth_date=f"{born:%Y%m%d}", numbers=[patient_id]) == []
            assert code not in seen
            seen.add(code)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("P-620317", "date of birth"),
        ("17031962x", "date of birth"),
        ("IR", "initials"),
        ("STUDY4765", "numbers"),
        ("xrossendale", "name"),
    ],
)
def test_a_typed_code_that_derives_from_the_patient_is_refused(code, why):
    found = faults(code, name="Rossendale^Ivy", birth_date="19620317", numbers=["9434765919"])
    assert any(why in fault for fault in found)


def test_limited_access_uses_the_projects_code_and_moves_all_dates_alike(project, ct, released):
    ct.StudyDate, ct.SeriesDate = "20200110", "20200117"
    pseudonym = project.of(str(ct.PatientID))
    new = released(ct, "limited", pseudonym=pseudonym)
    assert new.PatientID == pseudonym.code
    moved = date(2020, 1, 10) + timedelta(pseudonym.shift_days)
    assert new.StudyDate == f"{moved:%Y%m%d}"
    assert new.SeriesDate == f"{moved + timedelta(7):%Y%m%d}"


def test_the_label_is_read_however_it_is_spaced_and_keeps_its_leading_zero():
    label = parse("23 02210 -1-012 345 6789")
    assert str(label) == "23 02210 -1-012 345 6789"
    assert parse("2302210-1-0123456789") == parse("23 02210 - 1 - 012 345 6789") == label
    assert label.warning == ""
    assert "check digit" in parse("23 02210 -1-012 345 6788").warning
    assert "0123456789" not in repr(label)


def test_the_label_is_refused_for_anything_but_direct_care(ct, released):
    label = parse("23 02210 -1-943 476 5919")
    assert released(ct, "send-out", pseudonym=label).PatientID == str(label)
    with pytest.raises(ValueError, match="direct care only"):
        released(ct, "teaching", pseudonym=label)
