"""The portal's side of docs/contract: real answers fit the schemas, and what the schemas allow is understood."""

import json
from datetime import UTC
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from referencing import Registry, Resource

from consent_portal.app import create_app
from consent_portal.contract import DecisionRequest, DisclosureRequest, HeldImages
from consent_portal.migrations.run import migrate
from consent_portal.parts import parts
from consent_portal.settings import Settings
from tests.support.api import ANSWERS, CT, PHOTO, a_decision_request, a_disclosure, a_subject
from tests.support.held_images import held
from tests.support.portal import PortalHome

FOLDER = Path(__file__).parents[2] / "docs" / "contract"
SCHEMAS = {
    path.name.split(".")[0]: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.schema.json")
}
REGISTRY = Registry().with_resources((name, Resource.from_contents(schema)) for name, schema in SCHEMAS.items())
PURPOSES = SCHEMAS["consent-summary"]["properties"]["purposes"]["required"]


def fits(name, value):
    jsonschema.Draft202012Validator(SCHEMAS[name], registry=REGISTRY).validate(value)


def is_valid(name, value):
    return jsonschema.Draft202012Validator(SCHEMAS[name], registry=REGISTRY).is_valid(value)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    home = PortalHome(tmp_path_factory.mktemp("home"), "http://127.0.0.1:9", ("aoa-portal", "x")).make()
    app = create_app(Settings.load(home.settings_file))
    migrate(parts(app).database)
    token = (home.folder / "secrets" / "portal-token").read_text(encoding="utf-8")
    client = app.test_client()

    def post(path, body):
        return client.post(f"/api/v1/{path}", json=body, headers={"Authorization": f"Bearer {token}"})

    return post


@pytest.mark.parametrize("intent", ["export", "check", "hand-over", "preview"])
@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_decision_fits_the_schema(engine, purpose, intent):
    body = a_decision_request(purpose, a_subject(), a_subject("2.25.7", (PHOTO,)), intent=intent)
    fits("decision-request", body)
    answer = engine("decisions", body)
    assert answer.status_code == 200
    fits("decision", answer.json)


def test_the_consent_summary_fits_the_schema(engine):
    answer = engine("consent", {"contract": 1, "subject": a_subject(), "sender": {"user": "u", "role": "clinician"}})
    assert answer.status_code == 200
    fits("consent-summary", answer.json)


def test_a_disclosure_that_fits_the_schema_is_recorded(engine):
    body = a_decision_request("teaching")
    told = a_disclosure(body, engine("decisions", body).json)
    fits("disclosure-request", told)
    answer = engine("disclosures", told)
    assert answer.status_code == 201
    assert set(answer.json) == {"disclosure", "seq"}
    assert isinstance(answer.json["seq"], int)


def test_faults_have_a_field_and_a_message_and_refusals_have_reasons(engine):
    for body in ({}, a_decision_request("teaching", attestations={}), a_decision_request(recipient="nobody")):
        answer = engine("decisions", body)
        assert answer.status_code == 400
        assert all(set(fault) == {"field", "message"} and all(fault.values()) for fault in answer.json["faults"])
    told = a_disclosure(a_decision_request("teaching"), {"decision": None, "profile": "D3"})
    refused = engine("disclosures", told)
    assert refused.status_code == 409
    assert all(set(reason) == {"rule", "text", "source"} for reason in refused.json["reasons"])


@pytest.mark.parametrize("since", [None, 0, 10**12])
def test_the_answer_about_waiting_jobs_fits_the_schema(engine, since):
    body = a_decision_request("teaching", a_subject("2.25.9", (PHOTO,)))
    engine("decisions", body)
    asked = {"contract": 1, "jobs": [body["job"], "unknown"], "since": since}
    fits("called-back-request", asked)
    answer = engine("jobs/called-back", asked)
    assert answer.status_code == 200
    fits("called-back", answer.json)
    fits("answered-request", asked)
    answer = engine("jobs/answered", asked)
    assert answer.status_code == 200
    fits("answered", answer.json)


text = st.text(max_size=12)
subjects = st.fixed_dictionaries({
    "study_uid": st.text(max_size=64),
    "orthanc_id": text,
    "patient": st.fixed_dictionaries(dict.fromkeys(("id", "issuer", "name", "birth_date", "sex"), text)),
    "study": st.fixed_dictionaries(dict.fromkeys(("date", "accession", "description"), text)),
    "contents": st.lists(
        st.fixed_dictionaries({
            "sop_class_uid": text,
            "modality": text,
            "body_part": text,
            "image_type": st.lists(text, max_size=2),
            "slice_thickness": st.one_of(st.none(), st.floats(0, 100), st.integers(0, 10)),
            "count": st.integers(0, 10_000),
        }),
        max_size=2,
    ),
})  # fmt: skip
requests = st.fixed_dictionaries({
    "sender": st.fixed_dictionaries({"user": st.text(min_size=1, max_size=12), "role": text}),
    "recipient": text,
    "purpose": st.one_of(text, st.sampled_from(PURPOSES)),
    "format": text,
    "reason": text,
    "attestations": st.fixed_dictionaries({}, optional={
        "identifiable": st.sampled_from(["yes", "maybe", "no"]),
        "unusual_finding": st.sampled_from(["yes", "no"]),
        "damage_or_distress": st.sampled_from(["yes", "no"]),
        "motivated_intruder_checked": st.booleans(),
    }),
    "context": st.dictionaries(text, st.one_of(text, st.booleans(), st.integers(), st.none()), max_size=2),
})  # fmt: skip
decision_requests = st.fixed_dictionaries({
    "contract": st.just(1),
    "intent": st.sampled_from(["export", "check", "hand-over", "preview"]),
    "job": st.one_of(st.none(), text),
    "request": requests,
    "subjects": st.lists(subjects, min_size=1, max_size=2),
})  # fmt: skip


@settings(max_examples=150)
@given(decision_requests)
def test_whatever_the_schema_allows_is_understood(body):
    fits("decision-request", body)
    DecisionRequest.model_validate_json(json.dumps(body))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(decision_requests)
def test_whatever_the_schema_allows_gets_an_answer_and_never_a_server_error(engine, body):
    answer = engine("decisions", body)
    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        fits("decision", answer.json)


keys = st.binary(min_size=32, max_size=32).map(bytes.hex)
places = st.integers(0, 2**31 - 1)
counts = st.integers(1, 2**31 - 1)
held_images_requests = st.fixed_dictionaries({
    "contract": st.just(1),
    "job": st.text(min_size=1, max_size=64),
    "requested_by": st.text(min_size=1, max_size=120),
    "role": st.text(max_size=60),
    "purpose": st.text(max_size=60),
    "profile": st.sampled_from(["D2", "D3", "D4"]),
    "level": st.sampled_from(["teaching", "print", "internet", None]),
    "until": st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat()),
    "images": st.lists(
        st.fixed_dictionaries({
            "image": keys,
            "basis": keys,
            "ticket": st.text(min_size=1, max_size=12),
            "subject": subjects,
            "series_uid": st.text(max_size=64),
            "position": counts,
            "number": st.one_of(st.none(), st.integers(-(2**31) + 1, 2**31 - 1)),
            "modality": text,
            "kind": text,
            "frames": counts,
            "rows": counts,
            "columns": counts,
            "proportion": st.floats(0.001, 1000),
            "rule": st.sampled_from(["writing", "face", "overlay", "slide-label", "read-by-second-reader"]),
            "why": st.text(min_size=1, max_size=12),
            "proposed": st.lists(
                st.fixed_dictionaries({
                    **dict.fromkeys(("left", "top", "right", "bottom"), places),
                    "frame": st.one_of(st.none(), places),
                    "method": text,
                    "sure": st.booleans(),
                }),
                max_size=2,
            ),
        }),
        min_size=1,
        max_size=2,
    ),
})  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held_images_requests)
def test_whatever_the_schema_allows_of_held_images_gets_an_answer_and_never_a_server_error(engine, body):
    fits("held-images-request", body)
    HeldImages.model_validate_json(json.dumps(body))
    answer = engine("held-images", body)
    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        fits("held-images", answer.json)
        assert set(answer.json["waiting"]) == {one["image"] for one in body["images"]}
    asked = {"contract": 1, "studies": [one["subject"]["study_uid"] or "1" for one in body["images"]]}
    fits("held-image-decisions-request", asked)
    told = engine("held-images/decisions", asked)
    assert told.status_code == 200
    fits("held-image-decisions", told.json)


@pytest.mark.parametrize("name", SCHEMAS["held-images-request"]["required"])
def test_what_the_schema_requires_of_held_images_the_portal_requires(name):
    assert is_valid("held-images-request", held())
    HeldImages.model_validate_json(json.dumps(held()))
    with pytest.raises(ValidationError):
        HeldImages.model_validate_json(json.dumps(_without(held(), name)))


@pytest.mark.parametrize("name", SCHEMAS["held-images-request"]["properties"]["images"]["items"]["required"])
def test_what_the_schema_requires_of_a_held_image_the_portal_requires(name):
    with pytest.raises(ValidationError):
        HeldImages.model_validate_json(json.dumps(_without(held(), "images", 0, name)))


def _without(body, *path):
    copied = json.loads(json.dumps(body))
    inner = copied
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return copied


@pytest.mark.parametrize(
    "path",
    [
        *[(name,) for name in SCHEMAS["decision-request"]["required"]],
        *[("request", name) for name in SCHEMAS["decision-request"]["$defs"]["request"]["required"]],
        *[("subjects", 0, name) for name in SCHEMAS["decision-request"]["$defs"]["subject"]["required"]],
    ],
)
def test_what_the_schema_requires_the_portal_requires(path):
    body = _without(a_decision_request(), *path)
    assert not is_valid("decision-request", body)
    with pytest.raises(ValidationError):
        DecisionRequest.model_validate_json(json.dumps(body))


@pytest.mark.parametrize("name", SCHEMAS["disclosure-request"]["required"])
def test_what_the_schema_requires_of_a_disclosure_the_portal_requires(name):
    told = a_disclosure(a_decision_request(), {"decision": "d", "profile": "D3"})
    assert is_valid("disclosure-request", told)
    DisclosureRequest.model_validate_json(json.dumps(told))
    with pytest.raises(ValidationError):
        DisclosureRequest.model_validate_json(json.dumps(_without(told, name)))


def test_the_examples_used_here_are_those_of_the_contract():
    assert set(ANSWERS) == set(
        SCHEMAS["decision-request"]["$defs"]["request"]["properties"]["attestations"]["properties"]
    )
    assert set(CT) == set(
        SCHEMAS["decision-request"]["$defs"]["subject"]["properties"]["contents"]["items"]["properties"]
    )
