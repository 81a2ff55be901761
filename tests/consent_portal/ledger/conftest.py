"""A real ledger in a real SQLite file."""

import shutil
from datetime import date

import pytest

from consent_portal.contract import Content, Patient, StudyFacts, Subject
from consent_portal.database import Database
from consent_portal.ledger import payloads as p
from consent_portal.migrations.run import migrate
from consent_portal.registers import studies
from consent_portal.services.target import Target
from tests.support.consent import STUDY

CHEST_CT = Content(
    sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
    modality="CT",
    body_part="CHEST",
    image_type=("ORIGINAL",),
    slice_thickness=2.5,
    count=20,
)


def a_subject(uid=STUDY, patient="HOSP-77", issuer="", birth="19700517", name="QUIRKLEBY^ANNA", accession="ACC-1"):
    return Subject(
        study_uid=uid,
        orthanc_id="0a-0b",
        patient=Patient(id=patient, issuer=issuer, name=name, birth_date=birth, sex="F"),
        study=StudyFacts(date="20240312", accession=accession, description="CT CHEST"),
        contents=(CHEST_CT,),
    )


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """An empty ledger of the newest shape, to be copied."""
    path = tmp_path_factory.mktemp("template") / "portal.sqlite"
    opened = Database(f"sqlite:///{path}")
    migrate(opened)
    opened.close()
    return path


@pytest.fixture
def url(tmp_path, template):
    shutil.copy(template, tmp_path / "portal.sqlite")
    return f"sqlite:///{tmp_path}/portal.sqlite"


@pytest.fixture
def database(url):
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def study(database):
    with database.writing() as session:
        return studies.register(session, a_subject())


@pytest.fixture
def target(study):
    return Target.study(study.patient_key, study.study_uid, study.facts.accession)


def released(purpose="teaching", level_needed="teaching", disclosure="d-1", **fields):
    values = {
        "disclosure": disclosure, "key": f"key-{disclosure}", "job": "job-1", "decision": "decision-1",
        "purpose": purpose, "level_needed": level_needed, "recipient": "self", "format": "dicom-zip", "profile": "D3",
        "sender": "clinician", "role": "clinician", "reason": "", "released": 3, "excluded": 0, "quarantined": 0,
        "engines": (p.Engine(name="aoa", version="0.1.0"),), "package_sha256": "0" * 64,
    }  # fmt: skip
    return p.Released(**{**values, **fields})


TODAY = date(2025, 3, 1)
