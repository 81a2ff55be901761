"""The sealed case of a job: read as it was written, converted from the version before, else refused by name."""

import json
from dataclasses import replace

import pytest

from orthanc_plugin.engine.errors import EngineError
from orthanc_plugin.engine.export import reasons, stranded
from orthanc_plugin.engine.export.endings import Endings
from orthanc_plugin.engine.jobs.case import VERSION, UnreadableCaseError, read_case
from orthanc_plugin.engine.records import Content, Planned
from tests.orthanc_plugin.engine.conftest import JOB
from tests.support.cases import PERMIT, REQUEST, a_case, a_subject

CONTENT = Content("1.2.840.10008.5.1.4.1.1.2", "CT", "HEAD", ("ORIGINAL", "PRIMARY"), 1.25, 2)
SUBJECT = replace(a_subject("9434765919", "H&C"), contents=(CONTENT,))
OBJECTS = (Planned("orthanc-1", 1, 1, "CT", CONTENT.sop_class_uid), Planned("orthanc-2", 1, 2, "CT", "1.2"))
ASKED = replace(REQUEST, attestations={"identifiable": "no", "checked": True}, context={"project": "P-1", "deep": [1]})
WHOLE = a_case(
    SUBJECT,
    objects=OBJECTS,
    request=ASKED,
    verdict=replace(PERMIT, consented=(1,), no_reports=True, review_of="a" * 64),
    passphrase="a long passphrase",
    label="23 02210 -1-943 476 5919",
    reports=True,
    window="40/400",
    warnings=("compare the label",),
)
OLD = {
    "request": ASKED.as_json(),
    "facts": [SUBJECT.as_json()],
    "instances": [["orthanc-1", 1, 1, "CT", CONTENT.sop_class_uid], ["orthanc-2", 1, 2, "CT", "1.2"]],
    "verdict": json.loads(WHOLE.as_bytes())["verdict"],
    "passphrase": WHOLE.passphrase,
    "destination": None,
    "label": WHOLE.label,
    "reports": True,
    "window": "40/400",
    "warnings": ["compare the label"],
}
"""A case as it was sealed before cases had a version."""


def sealed(told):
    return json.dumps(told).encode()


@pytest.mark.parametrize("case", [WHOLE, a_case(), a_case(verdict=None)], ids=["whole", "small", "undecided"])
def test_a_case_is_read_as_it_was_sealed(case):
    assert read_case(case.as_bytes()) == case
    assert json.loads(case.as_bytes())["version"] == VERSION


def test_a_case_of_the_version_before_is_converted_with_all_that_it_says():
    assert read_case(sealed(OLD)) == WHOLE
    short = {name: OLD[name] for name in ("request", "facts", "instances", "passphrase", "destination")}
    verdict = {name: OLD["verdict"][name] for name in ("decision", "profile", "level", "policy_version", "decided_at")}
    old = read_case(sealed({**short, "verdict": {**verdict, "review": None, "consented": [1]}}))
    assert (old.label, old.reports, old.window, old.warnings, old.permit.no_reports) == (None, False, "", (), False)
    assert read_case(sealed({**OLD, "verdict": None})).verdict is None


NEW = json.loads(WHOLE.as_bytes())


@pytest.mark.parametrize(
    "told",
    [
        {**NEW, "version": VERSION + 1},
        {**NEW, "version": "2"},
        {**NEW, "unheard-of": 1},
        {**NEW, "objects": [{**NEW["objects"][0], "study": "1"}]},
        {**NEW, "verdict": {**NEW["verdict"], "profile": None}},
        {name: value for name, value in NEW.items() if name != "subjects"},
        {**OLD, "unheard-of": 1},
        {**OLD, "instances": [["orthanc-1", 1, 1]]},
        {name: value for name, value in OLD.items() if name != "verdict"},
        [],
        None,
    ],
    ids=[
        "a later version",
        "a version that is no number",
        "a field too many",
        "a value of another type",
        "a verdict without a profile",
        "no subjects",
        "a field too many in the version before",
        "an object that is not whole in the version before",
        "no verdict in the version before",
        "a list",
        "nothing",
    ],
)
def test_whatever_else_is_refused_with_the_next_step_and_nothing_of_it_is_told(told):
    with pytest.raises(UnreadableCaseError) as refused:
        read_case(sealed(told))
    assert "Ask again" in str(refused.value)
    assert not any(text in str(refused.value) for text in ("Rossendale", "9434765919", "unheard-of", "orthanc-1"))
    assert refused.value.__cause__ is None
    assert reasons.of_error(refused.value)[0].text == str(refused.value)


def test_nothing_is_worked_on_without_a_decision_and_no_case_tells_who_it_is_about():
    with pytest.raises(EngineError, match="nothing is decided"):
        _ = a_case(verdict=None).permit
    assert not any(text in repr(WHOLE) for text in ("Rossendale", "9434765919", "1.2.3", "passphrase", "orthanc-1"))


@pytest.mark.parametrize(
    "state",
    [
        {"state": "running"},
        {"state": "ready", "package": "kept"},
        {"state": "held", "question": "/asks/1"},
        {"state": "held", "waiting_images": 1},
    ],
    ids=lambda state: "-".join(map(str, state.values())),
)
def test_a_job_of_an_unknown_version_is_closed_at_the_start_and_says_so(jobs, state):
    jobs.update(JOB, **state)
    jobs.kept(JOB).write("case", sealed({**NEW, "version": VERSION + 1}))
    assert stranded.close(jobs, Endings(jobs, 1), lambda _: True) == 1
    closed = jobs.state(JOB)
    assert (closed["state"], closed["package"]) == ("failed", None)
    assert f"version {VERSION + 1}" in closed["reasons"][0]["text"]
    assert not jobs.kept(JOB).exists()


def test_a_job_of_the_version_before_goes_on_and_what_is_owed_to_the_record_is_kept(jobs):
    jobs.update(JOB, state="running")
    jobs.kept(JOB).write("case", sealed(OLD))
    assert stranded.close(jobs, Endings(jobs, 1), lambda _: True) == 0
    assert jobs.case(JOB) == WHOLE
    jobs.update(JOB, state="ready", package="handed over", owes_record=True)
    jobs.kept(JOB).write("case", sealed({**NEW, "version": VERSION + 1}))
    assert stranded.close(jobs, Endings(jobs, 1), lambda _: True) == 0
    assert jobs.kept(JOB).exists()
