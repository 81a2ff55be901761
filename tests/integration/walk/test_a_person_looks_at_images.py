"""A held ultrasound: told to the portal, drawn on and decided there, and the export goes on with exactly that."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
import pydicom
import pytest
from pydicom.uid import generate_uid

from consent_portal.console.home import opened
from consent_portal.policy.load import load_policy
from consent_portal.registers.studies import by_uid
from consent_portal.review import deciding, drafting, lists
from consent_portal.review.areas import Area
from consent_portal.review.drafting import DraftWanted
from consent_portal.review.model import HeldImage, Outcome, Reviewer
from consent_portal.services.context import Site
from orthanc_plugin.stack.samples.ultrasound import BANNER, FRAMES
from tests.integration.walk.exporting import accepted, ask, dicom_objects, holds, settled
from tests.support.patience import until
from tests.support.stack import CANARY, Stack

LOOKER = Reviewer("illustrator", "medical-illustration", sight=None)
DRAWN = Area(100, 120, 180, 150)


@dataclass(frozen=True)
class Cine:
    """An ultrasound cine without a word in it, which says of itself that an identity is burned in."""

    uid: str
    id: str
    instance: str
    pixels: np.ndarray[Any, np.dtype[np.uint8]]


@pytest.fixture
def cine(stack: Stack) -> Cine:
    """The demonstration's cine as a study of its own, its banner empty, agreed to for teaching."""
    with stack.client("clinician") as orthanc:
        (first,) = orthanc.get(f"/studies/{stack.study_id('abdomen-ultrasound')}/instances").json()
        copy = pydicom.dcmread(io.BytesIO(orthanc.get(f"/instances/{first['ID']}/file").content))
        copy.StudyInstanceUID, copy.SeriesInstanceUID, copy.SOPInstanceUID = (generate_uid() for _ in range(3))
        copy.AccessionNumber = copy.StudyInstanceUID[-16:]
        copy.file_meta.MediaStorageSOPInstanceUID = copy.SOPInstanceUID
        pixels = np.frombuffer(copy.PixelData, np.uint8).reshape(FRAMES, copy.Rows, copy.Columns, 3).copy()
        pixels[:, : BANNER + 2] = 0
        del copy.SequenceOfUltrasoundRegions  # else all that lies outside of them is covered, and nothing is unsure
        copy.PixelData = pixels.tobytes()
        stored = io.BytesIO()
        copy.save_as(stored)
        told = orthanc.post("/instances", content=stored.getvalue()).raise_for_status().json()
    recorded = stack.aoa(
        "consent", "record", "--study", copy.StudyInstanceUID, "--levels", "record,teaching", "--clinician",
        "Dr M. Ross", "--date", "2025-03-03",
    )  # fmt: skip
    assert recorded.returncode == 0, recorded.stderr
    return Cine(str(copy.StudyInstanceUID), told["ParentStudy"], told["ID"], pixels)


def digest(orthanc: httpx.Client, instance: str) -> str:
    return hashlib.sha256(orthanc.get(f"/instances/{instance}/file").content).hexdigest()


def held(stack: Stack, cine: Cine) -> list[HeldImage]:
    with opened(stack.home) as home, home.database.reading() as session:
        study = by_uid(session, cine.uid)
        return list(lists.of_study(session, study.key, Site(load_policy()))) if study else []


def decide(stack: Stack, cine: Cine, wanted: DraftWanted) -> None:
    with opened(stack.home) as home, home.database.writing() as session:
        study = by_uid(session, cine.uid)
        assert study is not None
        site = Site(load_policy())
        (image,) = lists.of_study(session, study.key, site)
        saved = drafting.save(session, study.key, image.id, wanted, image.draft.revision, LOOKER, site)
        deciding.decide(session, study.key, {image.id: saved.draft.revision}, LOOKER, site)


def test_a_held_ultrasound_leaves_as_a_person_decided_and_the_next_export_does_not_ask(
    stack: Stack, cine: Cine
) -> None:
    with stack.client("clinician") as orthanc:
        before = digest(orthanc, cine.instance)
        href = accepted(ask(orthanc, cine.id))
        state = settled(orthanc, href)
        assert (state["state"], state["released"], state["waiting_images"]) == ("held", 0, 1)
        (image,) = held(stack, cine)
        assert (image.rule, image.frames, image.state) == ("says-burned-in", FRAMES, "waiting")

        typed = stack.aoa(
            "export", "--study", cine.uid, "--purpose", "teaching", "--recipient", "self", "--format", "dicom-zip",
            "--out", str(stack.home.with_name("held.zip")), "--identifiable", "no", "--unusual-finding", "no",
            "--damage-or-distress", "no", "--motivated-intruder-checked",
        )  # fmt: skip
        assert typed.stdout.startswith("HELD"), typed.stdout
        assert "does so in the consent portal, under Images to look at" in typed.stdout
        assert "goes on by itself" in typed.stdout
        assert "When that is done, fetch it with: aoa fetch" in typed.stdout

        decide(stack, cine, DraftWanted((DRAWN,), Outcome.RELEASE))
        until(lambda: orthanc.get(href).json()["state"] == "ready", "the export to go on by itself")
        package = orthanc.get(f"{href}/package").content
        assert digest(orthanc, cine.instance) == before
        assert settled(orthanc, accepted(ask(orthanc, cine.id)))["state"] == "ready"
    (released,) = dicom_objects(package)
    pixels = np.frombuffer(released.PixelData, np.uint8).reshape(cine.pixels.shape)
    covered = np.zeros(pixels.shape, bool)
    covered[:, DRAWN.top : DRAWN.bottom, DRAWN.left : DRAWN.right] = True
    assert not pixels[covered].any(), "black in every frame"
    assert (pixels[~covered] == cine.pixels[~covered]).all()
    assert not holds(package, CANARY)


def test_after_a_withdrawal_nobody_can_decide_and_the_export_that_waited_is_destroyed(stack: Stack, cine: Cine) -> None:
    with stack.client("clinician") as orthanc:
        href = accepted(ask(orthanc, cine.id))
        assert settled(orthanc, href)["waiting_images"] == 1
        withdrawn = stack.aoa("consent", "withdraw", "--study", cine.uid, "--received", "by telephone")
        assert withdrawn.returncode == 0, withdrawn.stderr
        until(lambda: orthanc.get(href).json()["state"] == "recalled", "the export to be destroyed")
        assert orthanc.get(f"{href}/package").status_code == 410
    assert not [one for one in held(stack, cine) if one.state == "waiting"]
