"""What the gate asks the portal, over a real socket: who has an account, and whether a password is right."""

import secrets

import pytest

from consent_portal.app import create_app
from consent_portal.services.users import acts
from consent_portal.settings import Settings
from tests.consent_portal.api.gate import Gate, a_home
from tests.support.api import CT, PHOTO, a_decision_request, a_subject
from tests.support.portal import ROLES, served


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with served(a_home(tmp_path_factory.mktemp("portal")).prepare()) as running:
        yield running


@pytest.fixture
def gate(home):
    return Gate(home)


@pytest.fixture
def change(home, database):
    """Change an account beside the running portal, as the command line does."""
    app = create_app(Settings.load(home.settings_file))

    def changed(act, name, *values, **named):
        with app.app_context(), database.writing() as session:
            act(session, acts.named(session, name) or name, *values, "an administrator", **named)

    return changed


def sender(name):
    return {"user": name, "role": "clinician"}


def opened(change, role="clinician"):
    name, password = f"dr-{secrets.token_hex(4)}", secrets.token_urlsafe(12)
    change(acts.open_account, name, role, password)
    return name, password


def test_every_open_account_is_listed_with_its_role(gate):
    listed = gate.list()
    assert {user: row["role"] for user, row in listed.items() if user in ROLES} == {role: role for role in ROLES}


def test_a_right_password_gives_the_account_as_it_is_listed_and_a_wrong_one_nothing(gate, home):
    assert gate.check("trainer", home.passwords["trainer"]) == gate.list()["trainer"]
    assert gate.check("TRAINER", home.passwords["trainer"])["user"] == "trainer"
    assert gate.check("trainer", home.passwords["clinician"]) is None
    assert gate.check("nobody", home.passwords["trainer"]) is None


def test_a_closed_account_is_neither_listed_nor_let_in(gate, change):
    name, password = opened(change)
    change(acts.set_active, name, active=False)
    assert name not in gate.list()
    assert gate.check(name, password) is None
    change(acts.set_active, name, active=True)
    assert gate.check(name, password) == gate.list()[name]


def test_the_stamp_changes_with_the_password_and_the_role_without_it(gate, change):
    name, password = opened(change)
    first = gate.list()[name]
    change(acts.change_role, name, "trainer")
    second = gate.list()[name]
    assert (second["role"], second["stamp"]) == ("trainer", first["stamp"])
    change(acts.set_password, name, "three other words")
    assert gate.list()[name]["stamp"] != first["stamp"]
    assert (gate.check(name, password), gate.check(name, "three other words")["role"]) == (None, "trainer")


def test_a_password_may_be_written_in_more_than_one_way(gate, change):
    name, _ = opened(change)
    change(acts.set_password, name, "caf\u00e9 caf\u00e9 caf\u00e9")
    assert gate.check(name, "cafe\u0301 cafe\u0301 cafe\u0301") == gate.list()[name]


def test_after_five_wrong_passwords_no_more_are_compared_from_there_and_others_go_on(gate, home, change):
    name, password = opened(change)
    for number in range(5):
        assert gate.check(name, f"wrong password {number}") is None
    assert gate.ask(user=name.upper(), password=password).status_code == 429
    assert gate.check("trainer", home.passwords["trainer"])
    assert Gate(home).check(name, password)
    log = (home.folder / "portal.log").read_text(encoding="utf-8")
    assert "too many wrong passwords" in log
    assert name not in log
    assert password not in log


def test_fifty_wrong_passwords_from_one_address_close_it(gate, home):
    for number in range(50):
        assert gate.check(f"invented-{number}", "a wrong password") is None
    assert gate.ask(user="trainer", password=home.passwords["trainer"]).status_code == 429


@pytest.mark.parametrize("token", ["x", "guess", "the engine's"])
def test_only_the_gates_own_token_asks(gate, home, token):
    token = (home.folder / "secrets" / "portal-token").read_text(encoding="utf-8") if "engine" in token else token
    assert gate.ask("GET", "", token=token).status_code == 401
    assert gate.ask(user="trainer", password=home.passwords["trainer"], token=token).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"user": "trainer"},
        {"user": "", "password": "x"},
        {"user": "trainer", "password": "secret-secret" * 200},
        {"user": ["trainer"], "password": "secret-secret"},
        {"user": "trainer", "password": "secret-secret", "role": "administrator"},
    ],
)
def test_a_question_of_another_shape_is_refused_and_repeats_no_password(gate, body):
    answer = gate.ask(**body)
    assert answer.status_code == 400
    assert "secret" not in answer.text


def test_whose_account_is_closed_gets_a_no_whatever_the_consent(engine, change):
    name, _ = opened(change)
    asked = engine.decide("teaching", a_subject("2.25.71", (CT,)), sender=sender(name))
    assert asked["outcome"] == "permit"
    change(acts.set_active, name, active=False)
    for intent in ("export", "check", "hand-over", "preview"):
        answer = engine.decide("teaching", a_subject("2.25.71", (CT,)), sender=sender(name), intent=intent)
        assert (answer["outcome"], answer["profile"]) == ("deny", None)
        assert [reason["rule"] for reason in answer["reasons"]] == ["R69"]


def test_an_export_that_waits_for_an_answer_is_not_waited_for_when_its_account_is_closed(engine, change):
    name, _ = opened(change)
    body = a_decision_request("teaching", a_subject("2.25.73", (PHOTO,)), sender=sender(name))
    assert engine.ask(body)["outcome"] == "ask"
    waiting = {"contract": 1, "jobs": [body["job"]], "since": None}
    assert engine.post("jobs/answered", waiting)["answered"] == []
    change(acts.set_active, name, active=False)
    assert engine.post("jobs/answered", waiting)["answered"] == [body["job"]]
    assert engine.ask(body, "check")["outcome"] == "deny"


def test_the_role_that_counts_is_the_one_the_account_has_now(engine, change):
    name, _ = opened(change)
    for role, outcome in (("clinician", "permit"), ("trainer", "deny")):
        change(acts.change_role, name, role)
        answer = engine.decide("direct-care", a_subject("2.25.72", (CT,)), sender=sender(name), intent="check")
        assert answer["outcome"] == outcome
