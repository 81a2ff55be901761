"""The canary: the family name of every sample patient, looked for in every place where it has no business."""

from pathlib import Path

import httpx

from tests.integration.walk.exporting import accepted, ask, holds, members, settled
from tests.support.files import contents, files_below
from tests.support.patience import PATIENCE
from tests.support.stack import CANARY, Stack

KEPT_BY_DESIGN = ("orthanc/storage", "portal/portal.sqlite")
"""Orthanc's own store and the portal's ledger hold the patient: that is their purpose."""

EXPORTS = (
    ("teaching", "dicom-zip"),
    ("handout", "png"),
    ("exam", "dicom-zip"),
    ("service-evaluation", "dicomdir-zip"),
)
"""Each purpose and each form once; what a purpose does to an object is the same in every form."""


def test_no_export_of_any_sample_for_any_secondary_purpose_holds_the_name(stack: Stack) -> None:
    with stack.client("clinician") as orthanc:
        packages = 0
        for study in orthanc.get("/studies").json():
            for purpose, form in EXPORTS:
                answer = ask(orthanc, study, purpose, format=form)
                assert not holds(answer.content, CANARY)
                if answer.status_code != 202:
                    continue
                href = accepted(answer)
                if settled(orthanc, href)["state"] != "ready":
                    continue
                package = orthanc.get(f"{href}/package")
                assert not holds(str(package.headers).encode(), CANARY)
                for name, content in members(package.content):
                    assert not holds(name.encode(), CANARY)
                    assert not holds(content, CANARY), f"{purpose} {form} {name}"
                packages += 1
    assert packages > 2 * len(EXPORTS)


def test_no_error_page_or_answer_holds_the_name(stack: Stack) -> None:
    study = stack.study_id("chest-ct")
    with stack.client("trainer") as trainer, stack.client("clinician") as clinician:
        answers = [
            trainer.get(f"/studies/{study}/archive"),
            trainer.get(f"/consent/studies/{study}"),
            clinician.get(f"/consent/studies/{CANARY}"),
            clinician.post("/export", content=b"{"),
            clinician.post("/export", json={"studies": [study], "purpose": CANARY}),
            clinician.get(f"/export/{CANARY}"),
            trainer.get("/export/new/" + study, headers={"Accept": "text/html"}),
            httpx.get(f"{stack.portal}/studies/{study}", trust_env=False, timeout=PATIENCE),
            httpx.get(f"{stack.portal}/nowhere", trust_env=False, timeout=PATIENCE),
        ]
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    for answer in answers:
        assert not holds(answer.content, CANARY), answer.request.method


def test_no_log_queue_or_working_file_holds_the_name(stack: Stack) -> None:
    with stack.client("clinician") as orthanc:
        href = accepted(ask(orthanc, stack.study_id("chest-ct"), passphrase="correct horse battery", encrypted=True))
        settled(orthanc, href)
    found = [file for file, content in contents(_files(stack.home)) if holds(content, CANARY)]
    assert found == []


def _files(home: Path) -> list[Path]:
    files = files_below(home)
    names = {file: file.relative_to(home).as_posix() for file in files}
    return [file for file, name in names.items() if not name.startswith(KEPT_BY_DESIGN)]
