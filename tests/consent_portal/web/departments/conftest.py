"""A portal with two departments, their people, and patients of each; one patient is of both."""

import dataclasses
import secrets
import shutil
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from consent_portal.ledger.events import EventType
from consent_portal.services import departments as finding
from consent_portal.services.users import acts as users
from consent_portal.tasks.rows import AskRow, RecallRow, ReviewRow
from consent_portal.tasks.tablets import TabletRow
from tests.consent_portal.web.conftest import Portal, Reader
from tests.support.portal import FAMILY
from tests.support.recalls import TAKEN_BACK

SECTION = """
[departments.cardiology]
name = "Cardiology"
own = [{ department = ["Cardiology", "Heart  Unit"] }]

[departments.dermatology]
name = "Dermatology"
own = [{ department = ["Dermatology"] }, { station = ["SKINCAM"], modality = ["XC"] }]
"""
NARROWED = ("clinician", "medical-illustration", "department-admin", "caldicott-guardian", "trainer")
SKIN_DOCTOR = "skin-photographer"


class Hospital(Portal):
    """The portal, where everybody but the administrator and one photographer works in cardiology."""

    def staff(self, **departments):
        """Give people of these names departments; opens an account where there is none."""
        with self.app.app_context(), self.parts.database.writing() as session:
            for name, of in departments.items():
                user = users.named(session, name.replace("_", "-"))
                users.change_departments(session, user, of, "test")
        return self

    def open_account(self, name, role):
        self.home.passwords[name] = secrets.token_urlsafe(12)
        with self.app.app_context(), self.parts.database.writing() as session:
            users.open_account(session, name, role, self.home.passwords[name], "test")

    def taken(self, department, **tags):
        """Store a photograph that a department took, register it, and find out whose it is."""
        made = self.study(self.archive.photograph_of(InstitutionalDepartmentName=department, **tags))
        finding.find_out(self.parts.database, self.parts.orthanc, self.parts.settings.of_departments, [made.study_uid])
        return made

    def everything(self, row):
        """Return the rows of a table, oldest first."""
        table = row.__table__
        with self.parts.database.reading() as session:
            rows = session.execute(select(table).order_by(table.c.opened_at, table.c.id)).mappings()
            return [dict(one) for one in rows]


def opened_hospital(folder, prepared, archive):
    shutil.copytree(prepared.folder, folder)
    home = dataclasses.replace(prepared, folder=folder, passwords=dict(prepared.passwords))
    home.settings_file.write_text(home.settings_file.read_text(encoding="utf-8") + SECTION, encoding="utf-8")
    made = Hospital(home, archive)
    made.open_account(SKIN_DOCTOR, "medical-illustration")
    made.open_account("dr-skin", "clinician")
    cardiology = {role.replace("-", "_"): ["cardiology"] for role in NARROWED}
    return made.staff(skin_photographer=["dermatology"], dr_skin=["dermatology"], **cardiology)


@pytest.fixture
def hospital(tmp_path, prepared, archive):
    made = opened_hospital(tmp_path / "home", prepared, archive)
    yield made
    made.parts.database.close()


@dataclass
class Hidden:
    """What dermatology has of one patient: by the name that addresses call it."""

    study: object
    ids: dict
    words: tuple


def a_patient():
    given = secrets.token_hex(5).upper()
    return {"PatientName": f"{FAMILY}^{given}", "PatientID": f"H-{given}", "AccessionNumber": f"A{given}"}


def fill_dermatology(hospital, said, archive, **person):
    """Let dermatology record consent, ask, hold back, release, call back, report and hand over, for one patient."""
    told = {**a_patient(), "StudyDescription": f"Lesion {secrets.token_hex(4)}", **person}
    study = hospital.taken("Dermatology", **told)
    subject = hospital.subject(study.orthanc_id)
    doctor = Reader(hospital.app, SKIN_DOCTOR, hospital.home.passwords[SKIN_DOCTOR])
    doctor.sign_in()
    doctor.send(f"/studies/{study.key}/record", **{**said, "level_internet": "yes"})
    engine, who = hospital.engine, ("dr-skin", "clinician")
    assert engine.ask(subject, engine.request(*who, "print"))["outcome"] == "ask"
    assert engine.ask(subject, engine.request(*who, "internet"), job="job-skin")["review"] == "pending"
    engine.release(subject, engine.request(*who, "teaching"), job="job-skin-2")
    left = next(one for one in reversed(hospital.events()) if one.type is EventType.RELEASED)
    breach = f"Left on a train {secrets.token_hex(4)}"
    doctor.send(f"/breaches/new?release={left.id}", what=breach, found_on="2025-06-07", holder="self")
    back = {**TAKEN_BACK, "everything": "some", "teaching": "y", "scope": "study"}
    doctor.send(f"/studies/{study.key}/withdraw", **back)
    doctor.send(
        f"/studies/{study.key}/tablet", right_patient="y", requesting_clinician="Dr Skin", grantor="patient",
        capacity="yes", language="en",
    )  # fmt: skip
    events = hospital.events()
    given = next(one for one in reversed(events) if one.type is EventType.GIVEN)
    opened = next(one for one in reversed(events) if one.type is EventType.BREACH_OPENED)
    (ask,), (review,) = hospital.everything(AskRow)[-1:], hospital.everything(ReviewRow)[-1:]
    recall, tablet = hospital.everything(RecallRow)[-1], hospital.everything(TabletRow)[-1]
    ids = {
        "study": study.key, "other": study.key, "patient": study.patient_key, "event": given.id, "release": left.id,
        "breach": opened.id, "ask": ask["id"], "review": review["id"], "recall": recall["id"], "tablet": tablet["id"],
    }  # fmt: skip
    words = (told["StudyDescription"], told["AccessionNumber"], breach, "dr-skin", study.study_uid, study.key)
    return Hidden(study, ids, words)


@pytest.fixture
def skin(hospital, said, archive):
    """What dermatology has."""
    return fill_dermatology(hospital, said, archive)
