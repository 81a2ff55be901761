"""Cases of jobs, as small as they can be."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from orthanc_plugin.engine.jobs.case import Case, Verdict
from orthanc_plugin.engine.jobs.states import States
from orthanc_plugin.engine.jobs.store import Jobs
from orthanc_plugin.engine.records import Patient, Planned, Request, Sender, Study, Subject

REQUEST = Request(Sender("anna", "clinician"), "self", "teaching", "dicom-zip", "", {}, {})
PERMIT = Verdict("decision-1", "D3", "teaching", "1", "2026-01-01T00:00:00+00:00", None)


def a_subject(
    number: str = "H1",
    issuer: str = "",
    name: str = "Rossendale^Ivy",
    born: str = "19620317",
    study: str = "1.2.3",
) -> Subject:
    """Return a study of a patient."""
    return Subject(study, "orthanc-study", Patient(number, issuer, name, born, ""), Study("", "", ""))


def a_permit(profile: str, level: str | None) -> Verdict:
    """Return a PERMIT in a form."""
    return replace(PERMIT, profile=profile, level=level)


def a_case(*subjects: Subject, objects: tuple[Planned, ...] = (), **changes: Any) -> Case:
    """Return a permitted case about these studies."""
    return replace(Case(REQUEST, subjects, objects, PERMIT), **changes)


def jobs_in(folder: Path, executor_id: str = "engine-1", database_url: str = "", key: bytes = bytes(32)) -> Jobs:
    """Return the jobs of an engine in a folder, with connections of their own to their database."""
    for name in ("work", "packages"):
        (folder / name).mkdir(exist_ok=True, parents=True)
    states = States.at(database_url or f"sqlite:///{folder}/engine.sqlite")
    jobs = Jobs(folder / "work", folder / "packages", key, executor_id, states)
    jobs.open()
    return jobs
