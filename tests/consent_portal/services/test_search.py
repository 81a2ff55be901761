"""Finding in a real Orthanc and in the register: people write names and numbers in their own way."""

import pytest

from consent_portal.orthanc import OrthancClient
from consent_portal.registers import studies
from consent_portal.registers.finding import Criteria, alike_in_sound
from consent_portal.registers.studies import dicom_date
from consent_portal.services.search import search
from tests.consent_portal.ledger.conftest import a_subject
from tests.support.portal import CT, Orthanc, _file

STORED = (
    {"PatientName": "Sample^Gráinne", "PatientID": "943 476 5919", "PatientBirthDate": "19610214"},
    {"PatientName": "SAMPLE^BRENDAN", "PatientID": "rxa-00-17", "PatientBirthDate": "19880930"},
    {"PatientName": "O'BRIEN^ŁUKASZ", "PatientID": "RXA0099", "PatientBirthDate": "19900101"},
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Orthanc's client, with studies that a scanner stored in its own spelling."""
    orthanc = Orthanc(tmp_path_factory.mktemp("orthanc"))
    try:
        orthanc.start()
        for place, tags in enumerate(STORED):
            orthanc.upload(
                _file(
                    "CT_small.dcm",
                    **{**CT, **tags, "SpecificCharacterSet": "ISO_IR 192", "AccessionNumber": f"A{place}"},
                )
            )
        yield OrthancClient(orthanc.url, *orthanc.auth)
    finally:
        orthanc.stop()


@pytest.fixture
def away():
    return OrthancClient("http://127.0.0.1:9", "u", "p")


def found(archive, database, **asked):
    results = search(archive, database, Criteria(**asked), limit=50)
    return sorted(study.patient.name.split("^")[1].title() for study in results.studies)


WAYS = [
    ({"name": "Sample, Gráinne"}, ["Gráinne"]),
    ({"name": "Sample, Grainne"}, ["Gráinne"]),
    ({"name": "Grainne"}, ["Gráinne"]),
    ({"name": "Gráinne Sample"}, ["Gráinne"]),
    ({"name": "sample"}, ["Brendan", "Gráinne"]),
    ({"name": "SAM*"}, ["Brendan", "Gráinne"]),
    ({"name": "obrien"}, ["Łukasz"]),
    ({"name": "O Brien, Łukasz"}, ["Łukasz"]),
    ({"name": "Lukasz"}, ["Łukasz"]),
    ({"name": "sample", "birth_date": dicom_date("19610214")}, ["Gráinne"]),
    ({"birth_date": dicom_date("19880930")}, ["Brendan"]),
    ({"numbers": ("9434765919",)}, ["Gráinne"]),
    ({"numbers": ("943-476-5919",)}, ["Gráinne"]),
    ({"numbers": ("RXA 0017",)}, ["Brendan"]),
    ({"numbers": ("rxa00*",)}, ["Łukasz"]),
    ({"numbers": ("RXA0017", "9434765919")}, []),
    ({"accession": "A1"}, ["Brendan"]),
    ({"name": "Sample", "numbers": ("RXA0099",)}, []),
    ({"name": "Samuel"}, []),
]


@pytest.mark.parametrize(("asked", "who"), WAYS)
def test_a_study_is_found_however_it_is_written(archive, database, asked, who):
    assert found(archive, database, **asked) == who


@pytest.mark.parametrize(("asked", "who"), [way for way in WAYS if way[0] != {"numbers": ("rxa00*",)}])
def test_what_was_seen_once_is_found_without_orthanc(archive, away, database, asked, who):
    for named in ("sample", "o'brien"):
        found(archive, database, name=named)
    results = search(away, database, Criteria(**asked), limit=50)
    assert results.archive_away
    assert sorted(study.patient.name.split("^")[1].title() for study in results.studies) == who


def test_a_name_that_sounds_alike_is_a_hint_where_nothing_was_found(database):
    with database.writing() as session:
        studies.register(session, a_subject("1.1", name="Sample^Siobhán"))
        studies.register(session, a_subject("1.2", name="OTHER^NAME"))
        assert [one.study_uid for one in alike_in_sound(session, "Sampel", 5)] == ["1.1"]
        assert alike_in_sound(session, "", 5) == []


def test_more_than_a_page_is_said_to_be_more(away, database):
    with database.writing() as session:
        for place in range(4):
            studies.register(session, a_subject(f"1.{place}", name="MANY^ANNA"))
    assert search(away, database, Criteria(name="many"), limit=3).more
    assert not search(away, database, Criteria(name="many"), limit=4).more


def test_a_search_for_what_is_registered_waits_for_nobody_who_writes(archive, database):
    found(archive, database, name="sample")
    with database.writing():
        assert found(archive, database, name="sample") == ["Brendan", "Gráinne"]


def test_a_study_is_told_alike_by_its_uid_and_by_its_own_route(archive):
    [listed] = archive.find_studies({"AccessionNumber": "A1"})
    told = archive.study_by_uid(listed.study_uid)
    assert told == archive.study(listed.orthanc_id)
    assert told.contents
