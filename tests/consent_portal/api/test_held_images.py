"""`POST /api/v1/held-images` and `/decisions`: what the engine holds is entered once, and what was decided is told."""

import copy
import json
from datetime import timedelta

import httpx
import pytest

from consent_portal.app import create_app
from consent_portal.clock import to_text, utc_now
from consent_portal.migrations.run import migrate
from consent_portal.parts import parts
from consent_portal.policy.load import load_policy
from consent_portal.registers import studies
from consent_portal.review import deciding, drafting, lists
from consent_portal.review.areas import Area
from consent_portal.review.drafting import DraftWanted
from consent_portal.review.model import Outcome, Reviewer, State
from consent_portal.services.context import Site
from consent_portal.settings import Settings
from tests.consent_portal.api.conftest import NOWHERE
from tests.consent_portal.api.test_decisions import fresh
from tests.contract.test_portal_keeps_the_contract import fits
from tests.support.api import FAMILY, PHOTO, a_decision_request
from tests.support.held_images import fingerprint, held, held_image
from tests.support.patience import PATIENCE
from tests.support.portal import PortalHome

ANNE, SITE = Reviewer("anne", "medical-illustration"), Site(load_policy())


def image_of(subject, name=None, **fields):
    uid = subject["study_uid"]
    return {**held_image(name or uid, uid, **fields), "subject": {**subject, "contents": []}}


def decisions_of(engine, *subjects):
    asked = {"contract": 1, "studies": [one["study_uid"] for one in subjects]}
    fits("held-image-decisions-request", asked)
    answer = engine.post("held-images/decisions", asked)
    fits("held-image-decisions", answer)
    return answer


def tell(engine, body):
    fits("held-images-request", body)
    answer = engine.post("held-images", body)
    fits("held-images", answer)
    return answer["waiting"]


def decide(database, subject, wanted):
    with database.writing() as session:
        key = studies.by_uid(session, subject["study_uid"]).key
        for image in lists.of_study(session, key, SITE):
            saved = drafting.save(session, key, image.id, wanted, image.draft.revision, ANNE, SITE)
            deciding.decide(session, key, {image.id: saved.draft.revision}, ANNE, SITE)


def test_what_a_person_decided_is_told_for_exactly_that_image_and_basis(engine, database):
    subject, other = fresh((PHOTO,)), fresh()
    body = held(image_of(subject), image_of(other))
    keys = [one["image"] for one in body["images"]]
    assert tell(engine, body) == keys
    assert tell(engine, body) == keys
    decide(database, subject, DraftWanted((Area(1, 2, 30, 40, 3),), Outcome.RELEASE, no_face=True))
    answer = decisions_of(engine, subject, other)
    assert answer["waiting"] == keys[1:]
    (one,) = answer["decisions"]
    assert (one["image"], one["basis"], one["outcome"]) == (keys[0], body["images"][0]["basis"], "release")
    assert one["areas"] == [{"left": 1, "top": 2, "right": 30, "bottom": 40, "frame": 3}]
    assert (one["no_face"], one["recognisable"], one["role"]) == (True, False, "medical-illustration")
    assert tell(engine, body) == keys[1:]


def test_what_is_called_back_waits_for_nobody_any_more(engine, database, illustrator):
    subject = fresh((PHOTO,))
    illustrator.records(subject, "record,teaching")
    asked = a_decision_request("teaching", subject)
    assert engine.ask(asked)["outcome"] == "permit"
    tell(engine, held(image_of(subject), job=asked["job"]))
    with database.reading() as session:
        before = lists.how_many_wait(session)
    illustrator.withdraws(subject)
    engine.post("jobs/called-back", {"contract": 1, "jobs": [asked["job"]], "since": None})
    with database.reading() as session:
        assert lists.how_many_wait(session) == before - 1
        key = studies.by_uid(session, subject["study_uid"]).key
        (image,) = lists.of_study(session, key, SITE)
    assert (image.state, "withdrew" in image.state_why) == (State.WITHDRAWN, True)


def test_what_the_study_holds_is_not_forgotten_for_a_subject_without_contents(engine, database):
    subject = fresh((PHOTO,))
    engine.ask(a_decision_request("teaching", subject))
    tell(engine, held(image_of(subject)))
    with database.reading() as session:
        assert studies.by_uid(session, subject["study_uid"]).contents


def test_of_a_study_that_nobody_was_told_of_nothing_is_known(engine):
    assert decisions_of(engine, fresh()) == {"contract": 1, "decisions": [], "waiting": []}


def test_an_old_archives_text_is_taken_as_far_as_it_fits(engine):
    subject = fresh()
    odd = image_of(subject, modality="U\0" + "S" * 60, kind="K" * 500, why="why\0", number=None, proportion=1)
    assert engine.post("held-images", held(odd))["waiting"] == [odd["image"]]


def changed(place, value):
    body = held(image_of(fresh()))
    inner = body
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return body


FAULTS = {
    "images": (("images",), []),
    "images.0.rule": (("images", 0, "rule"), "film"),
    "images.0.basis": (("images", 0, "basis"), "f"),
    "images.0.ticket": (("images", 0, "ticket"), ""),
    "images.0.frames": (("images", 0, "frames"), 0),
    "images.0.rows": (("images", 0, "rows"), 2**31),
    "images.0.proportion": (("images", 0, "proportion"), 0),
    "images.0.proposed.0.left": (("images", 0, "proposed", 0, "left"), -1),
    "images.0.subject.study_uid": (("images", 0, "subject", "study_uid"), ""),
    "until": (("until",), "2026-01-01T00:00:00"),
    "profile": (("profile",), "D9"),
    "purpose": (("purpose",), None),
}


def test_a_moment_before_the_first_day_is_a_fault(engine):
    assert engine.post("held-images", held(until="0001-01-01T00:00:00+14:00"), expect=400)["faults"]


@pytest.mark.parametrize("field", FAULTS)
def test_what_does_not_fit_is_named_and_never_repeated(engine, field):
    body = changed(*FAULTS[field])
    answer = engine.http.post("/api/v1/held-images", json=body)
    assert answer.status_code == 400
    assert field in {fault["field"] for fault in answer.json()["faults"]}
    assert FAMILY not in answer.text
    assert "ticket of" not in answer.text


def test_more_than_a_call_may_hold_is_refused(engine):
    body = held()
    body["images"] = [copy.deepcopy(body["images"][0]) for _each in range(201)]
    assert engine.post("held-images", body, expect=400)["faults"]
    assert engine.post("held-images/decisions", {"contract": 1, "studies": []}, expect=400)["faults"]
    assert engine.post("held-images/decisions", {"contract": 1, "studies": ["1.2"] * 501}, expect=400)["faults"]


@pytest.mark.parametrize("path", ["held-images", "held-images/decisions"])
@pytest.mark.parametrize("shown", [None, "Bearer", "Bearer wrong", "Basic x"])
def test_without_the_engines_token_nothing_is_told(home, path, shown):
    headers = {"Authorization": shown} if shown is not None else {}
    answer = httpx.post(f"{home.url}/api/v1/{path}", json=held(), headers=headers, timeout=PATIENCE)
    assert answer.status_code == 401
    assert set(answer.json()) == {"message"}


def test_an_image_that_nobody_looked_at_in_time_waits_no_more(engine):
    subject = fresh()
    past = to_text(utc_now() - timedelta(minutes=1))
    tell(engine, held(image_of(subject), until=past))
    assert decisions_of(engine, subject)["waiting"] == []


def test_no_ticket_and_nobody_is_in_the_log(engine, home):
    tell(engine, held(image_of(fresh())))
    log = (home.folder / "portal.log").read_text(encoding="utf-8")
    assert "ticket of" not in log
    assert FAMILY not in log
    assert fingerprint("one") not in log
    assert json.dumps(ANNE.user) not in log


def test_while_the_ledger_is_gone_nothing_is_entered_and_nothing_is_known(tmp_path):
    made = PortalHome(tmp_path / "home", NOWHERE, ("aoa-portal", "unused")).make()
    app = create_app(Settings.load(made.settings_file))
    migrate(parts(app).database)
    parts(app).continuity.adopt()
    parts(app).database.close()
    for file in (made.folder / "portal").glob("portal.sqlite*"):
        file.unlink()
    client = app.test_client()
    token = (made.folder / "secrets" / "portal-token").read_text(encoding="utf-8")
    for path, body in (("held-images", held()), ("held-images/decisions", {"contract": 1, "studies": ["1.2.3"]})):
        answer = client.post(f"/api/v1/{path}", json=body, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 503
        assert set(answer.json) == {"message"}
        assert "no ledger" in answer.json["message"]
