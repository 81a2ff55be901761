"""The API records for a person of the portal who may record just this, and for the trust's systems alone."""

import pytest

from consent_portal.accounts import User
from consent_portal.services.statements.verbs import VERBS

GIVEN = {"levels": ["record"], "clinician": "Dr Okafor", "date": "2025-06-05", "capacity": "yes"}


def test_without_the_token_of_the_trusts_systems_nothing_is_recorded(doors):
    engine = (doors.portal.home.folder / "secrets" / "portal-token").read_text(encoding="utf-8")
    for token in ("", "x", engine):
        status, answer = doors.api("record", token=token or " ", **GIVEN)
        assert (status, set(answer)) == (401, {"message"})
    assert doors.portal.events() == []


@pytest.mark.parametrize("route", ["decisions", "consent", "disclosures", "inserts"])
def test_the_token_of_the_trusts_systems_opens_nothing_else(doors, route):
    headers = {"Authorization": f"Bearer {doors.token}"}
    assert doors.portal.app.test_client().post(f"/api/v1/{route}", json={}, headers=headers).status_code == 401


@pytest.mark.parametrize("role", ["clinician", "trainer", "administrator", "department-admin", "caldicott-guardian"])
def test_a_consent_is_recorded_for_medical_illustration_alone(doors, role):
    status, answer = doors.api("record", recorder=role, **GIVEN)
    assert (status, "medical-illustration" in answer["message"]) == (403, True)
    assert doors.portal.events() == []


def test_nobody_records_for_a_name_that_there_is_not_or_an_account_that_is_closed(own_doors):
    assert own_doors.api("record", recorder="nobody", **GIVEN)[0] == 400
    with own_doors.portal.parts.database.writing() as session:
        session.query(User).filter_by(username="medical-illustration").one().active = False
    status, answer = own_doors.api("record", **GIVEN)
    assert (status, answer["faults"][0]["field"]) == (400, "recorder")
    assert own_doors.portal.events() == []


def test_everybody_who_sees_patients_takes_back_consent(own_doors):
    for role in sorted(VERBS["withdraw"].roles):
        status, _answer = own_doors.api("withdraw", recorder=role)
        assert status == 201
    assert {event.recorded_by for event in own_doors.portal.events()} == {
        f"api:{role}" for role in VERBS["withdraw"].roles
    }


def test_what_is_wrong_with_a_body_is_told_all_at_once_and_by_its_field(doors):
    status, answer = doors.api("record", clinician=7, date="05/06/2025", colour="red", levels=["all"])
    assert status == 400
    assert {fault["field"] for fault in answer["faults"]} == {"clinician", "date", "colour", "levels.0"}
    for verb in VERBS:
        status, answer = doors.api(verb, nonsense=1)
        assert (status, "nonsense" in {fault["field"] for fault in answer["faults"]}) == (400, True)


def test_a_kind_a_study_or_a_method_that_there_is_not_is_told_as_json(doors):
    assert doors.api("forget")[0] == 404
    doors_of_no_study = {"recorder": "medical-illustration", "study": "1.2.3", **GIVEN}
    client, headers = doors.portal.app.test_client(), {"Authorization": f"Bearer {doors.token}"}
    answer = client.post("/api/v1/consent/record", json=doors_of_no_study, headers=headers)
    assert (answer.status_code, set(answer.get_json())) == (404, {"message"})
    wrong = client.get("/api/v1/consent/record")
    assert (wrong.status_code, wrong.mimetype, "POST" in wrong.headers["Allow"]) == (405, "application/json", True)
    assert client.get("/api/v1/nothing").mimetype == "application/json"


def test_an_act_on_the_record_as_it_was_seen_counts_and_on_an_older_one_does_not(own_doors):
    status, first = own_doors.api("record", head=0, **GIVEN)
    assert (status, first["head"]) == (201, first["seq"])
    assert own_doors.api("amend", head=0, **GIVEN)[0] == 409
    status, second = own_doors.api("amend", head=first["head"], **GIVEN)
    assert status == 201
    run = own_doors.command("withdraw", head=first["head"])
    assert (run.exit_code, f"its last entry is number {second['seq']} now" in run.output) == (1, True)
    assert own_doors.command("withdraw", head=second["head"]).exit_code == 0


def test_the_description_of_the_api_names_each_field_of_each_verb(doors):
    document = doors.portal.app.test_client().get("/api/v1/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    schemas = document["components"]["schemas"]
    for name, verb in VERBS.items():
        body = document["paths"][f"/api/v1/consent/{name}"]["post"]["requestBody"]["content"]["application/json"]
        described = schemas[body["schema"]["$ref"].rsplit("/", 1)[1]]
        assert set(verb.statement.model_fields) <= set(described["properties"])
        assert {"recorder", "study", "head"} <= set(described["properties"])
        assert described["additionalProperties"] is False
