"""The routes of the gate over real HTTP: consent, export, package, and what they say when something is wrong."""

import pytest

from tests.integration.gate.small_engine import JOB, PACKAGE, SUMMARY

pytestmark = pytest.mark.integration

REQUEST = {"purpose": "teaching", "recipient": "self", "format": "dicom-zip", "reason": "Lecture", "attestations": {}}


def test_the_consent_summary_comes_from_the_engine_and_is_kept_in_no_cache(orthanc, study, engine):
    with orthanc.client("trainer") as client:
        answer = client.get(f"/consent/studies/{study}")
    assert (answer.status_code, answer.json()) == (200, SUMMARY)
    assert answer.headers["cache-control"] == "no-store"
    asked = engine.heard(f"/consent/studies/{study}")[-1]
    assert (asked["user"], asked["role"]) == ("trainer", "trainer")


def test_an_export_is_accepted_with_the_address_of_its_job_at_orthanc(orthanc, study, engine):
    with orthanc.client("clinician") as client:
        answer = client.post("/export", json={"studies": [study], **REQUEST})
        assert (answer.status_code, answer.json()) == (202, {"job": JOB, "href": f"/export/{JOB}"})
        assert client.get(answer.json()["href"]).json()["state"] == "running"
    assert engine.heard("/exports")[-1]["body"] == {"studies": [study], **REQUEST}


def test_the_package_comes_with_its_name_and_is_kept_in_no_cache(orthanc):
    with orthanc.client("clinician") as client:
        answer = client.get(f"/export/{JOB}/package")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PACKAGE, "application/zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="teaching.zip"'
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "not JSON at line 1"),
        (b"[1]", "must be a JSON object"),
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b" " * 300_000, "longer than 256 KiB"),
    ],
)
def test_a_body_that_is_no_request_is_refused_with_its_fault(orthanc, body, says):
    with orthanc.client("clinician") as client:
        answer = client.post("/export", content=body)
    assert answer.status_code == 400
    assert says in answer.json()["faults"][0]["message"]


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (
            403,
            {
                "outcome": "ask",
                "reasons": [{"rule": "r", "text": "Ask the patient first.", "source": "S1"}],
                "ask_url": "http://portal/ask/1",
            },
        ),
        (400, {"faults": [{"field": "attestations.identifiable", "message": "Could the patient be recognised?"}]}),
        (404, {"message": "unknown study"}),
    ],
)
def test_what_the_engine_refuses_is_passed_on_as_it_is(orthanc, study, engine, status, content):
    engine.say(export=[status, content])
    with orthanc.client("trainer") as client:
        answer = client.post("/export", json={"studies": [study], **REQUEST})
    assert (answer.status_code, answer.json()) == (status, content)


@pytest.mark.parametrize("status", [301, 302, 401, 405, 418, 500, 502, 503])
def test_an_engine_that_fails_is_a_503_with_a_message(orthanc, study, engine, status):
    engine.say(export=[status, {"message": "inside"}], package=[status, {"message": "inside"}])
    with orthanc.client("clinician") as client:
        for answer in (
            client.post("/export", json={"studies": [study], **REQUEST}),
            client.get(f"/export/{JOB}/package"),
        ):
            assert answer.status_code == 503
            assert "Images for direct care are not affected" in answer.json()["message"]


@pytest.mark.parametrize(("because", "told"), [("portal", "The consent portal"), ("room", "no room left on its disk")])
def test_what_keeps_the_engine_from_releasing_is_told(orthanc, study, engine, because, told):
    engine.say(export=[503, {"message": "inside", "because": because}])
    for accept in ("application/json", "text/html"):
        with orthanc.client("clinician", headers={"Accept": accept}) as client:
            answer = client.post("/export", json={"studies": [study], **REQUEST})
        assert answer.status_code == 503
        assert told in answer.text
        assert "nothing can leave" in answer.text


def test_with_the_engine_dead_nothing_leaves_for_a_secondary_purpose_and_the_answer_says_so(orthanc, study, engine):
    engine.kill()
    with orthanc.client("trainer") as client:
        answers = [
            client.post("/export", json={"studies": [study], **REQUEST}),
            client.get(f"/export/{JOB}"),
            client.get(f"/export/{JOB}/package"),
        ]
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert all("nothing can leave" in answer.json()["message"] for answer in answers)


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_an_engine_that_breaks_off_in_the_middle_of_a_package_gives_no_half_package(orthanc, engine, accept):
    engine.say(package=[200, "cut"])
    with orthanc.client("clinician", headers={"Accept": accept}) as client:
        answer = client.get(f"/export/{JOB}/package")
    assert answer.status_code == 503
    assert "given out once" in answer.text
    assert PACKAGE not in answer.content


def test_a_package_that_is_gone_is_410_with_the_reasons(orthanc, engine):
    engine.say(package=[410, {"reasons": [{"rule": "r", "text": "Recalled: consent was withdrawn.", "source": "R19"}]}])
    with orthanc.client("clinician") as client:
        answer = client.get(f"/export/{JOB}/package")
    assert answer.status_code == 410
    assert "withdrawn" in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD"])
def test_asking_the_package_in_another_way_does_not_use_it_up(orthanc, engine, method):
    before = len(engine.heard(f"/exports/{JOB}/package"))
    with orthanc.client("clinician") as client:
        assert client.request(method, f"/export/{JOB}/package").status_code in (403, 404, 405)
    assert len(engine.heard(f"/exports/{JOB}/package")) == before
