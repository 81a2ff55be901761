"""A second factor: set up, shown at every sign-in, guessed by nobody, reset when it is lost (assurance F5, F6, F20)."""

import dataclasses
import re
import shutil
import sqlite3

import pytest

from consent_portal.accounts import User
from consent_portal.ledger import store
from consent_portal.ledger.events import EventType
from consent_portal.services import verifying
from consent_portal.web.frame.access import HALFWAY_ENDPOINTS
from consent_portal.web.frame.drafts import Draft, _sealing
from consent_portal.web.people import second_factor
from tests.consent_portal.web.conftest import Portal, hidden_fields_of, tokens_of
from tests.consent_portal.web.routes import CLINICIAN, ILLUSTRATION, MATRIX, SYSTEM, addresses
from tests.support.second_factor import App, codes_of, needing

APP, OWN, ASK = "/second-factor/app", "/account/second-factor", "/second-factor"
NOT_NOW = "These digits are wrong, or were used already."


@pytest.fixture
def strict(tmp_path, archive, prepared):
    """A portal where medical illustration and clinicians need a second factor."""
    shutil.copytree(prepared.folder, tmp_path / "home")
    home = needing(dataclasses.replace(prepared, folder=tmp_path / "home"), ILLUSTRATION, CLINICIAN)
    made = Portal(home, archive)
    yield made
    made.parts.database.close()


def set_up(reader):
    """Set an app up for somebody signed in; return it and the recovery codes."""
    app = App.of(reader.open(APP).get_data(as_text=True))
    page = reader.send(APP, one_time_password=app.digits(), present_password=reader.password)
    return app, codes_of(page.get_data(as_text=True))


def is_in(reader):
    return reader.browser.get("/").status_code == 200


def changes(portal):
    with portal.parts.database.reading() as session:
        events = store.events_of_type(session, EventType.ACCOUNT_CHANGED)
    found = [(one.payload.account, str(one.payload.change), one.recorded_by) for one in events]
    return [one for one in found if one[1] != "opened"]


def number_of(system, name):
    page = system.open("/users").get_data(as_text=True)
    return page.split(f">{name}</th>")[1].split('href="/users/')[1].split('"')[0]


def test_whoever_set_one_up_shows_it_at_every_sign_in_and_then_finds_the_page_that_was_wanted(portal):
    app, codes = set_up(portal.reader(CLINICIAN))
    assert len(set(codes)) == 10
    reader = portal.stranger()
    asked = reader.send("/login?next=/recipients", username=CLINICIAN, password=reader.password)
    assert "Your password was right. One more step" in asked.get_data(as_text=True)
    assert not is_in(reader)
    shown = reader.send(asked.request.full_path, page=asked, one_time_password=app.digits())
    assert shown.request.path == "/recipients"
    assert changes(portal) == [(CLINICIAN, "second-factor", CLINICIAN)]
    assert is_in(portal.reader("trainer"))


@pytest.mark.parametrize("has_one", [True, False])
def test_with_the_password_alone_nothing_opens_and_nothing_is_done(strict, has_one):
    if has_one:
        reader = strict.reader(ILLUSTRATION)
        app = App.of(reader.open(APP).get_data(as_text=True))
        reader.send(APP, one_time_password=app.digits())
    half = strict.reader(ILLUSTRATION)
    tokens = tokens_of(half.browser.get(ASK, follow_redirects=True))
    before = strict.parts.database.accounts().query(User.username, User.password, User.tf_totp_secret).all()
    for endpoint in sorted(set(MATRIX) - HALFWAY_ENDPOINTS - {"security.logout", "security.verify"}):
        for method, address in addresses(strict.app, endpoint):
            answer = half.browser.open(address, method=method, data=tokens if method == "POST" else None)
            assert (answer.status_code, answer.location.split("?")[0]) == (302, ASK), (endpoint, method)
    for endpoint in (
        "second_factor.app",
        "second_factor.app_code",
        "second_factor.new_passkey",
        "second_factor.set_up",
    ):
        for method, address in addresses(strict.app, endpoint):
            answer = half.browser.open(address, method=method, data=tokens if method == "POST" else None)
            assert ((answer.location or "").split("?")[0] == ASK) == has_one, (endpoint, method)
    assert not is_in(half)
    assert strict.parts.database.accounts().query(User.username, User.password, User.tf_totp_secret).all() == before
    assert strict.events() == []
    half.send("/second-factor/leave", page=half.browser.get(ASK, follow_redirects=True))
    assert half.browser.get(ASK).location.startswith("/login")


def test_whose_role_needs_one_is_led_to_setting_it_up_and_then_on(strict):
    reader = strict.stranger(ILLUSTRATION)
    page = reader.send("/login?next=/recipients", username=ILLUSTRATION, password=reader.password)
    assert "Your role needs one" in page.get_data(as_text=True)
    assert "browsers make passkeys only for a name" in page.get_data(as_text=True)
    address = page.get_data(as_text=True).split('class="button" href="')[1].split('"')[0]
    app = App.of(reader.open(address).get_data(as_text=True))
    codes = reader.send(address, one_time_password=app.digits())
    assert len(codes_of(codes.get_data(as_text=True))) == 10
    assert 'href="/recipients"' in codes.get_data(as_text=True)
    reader.open("/recipients")
    assert is_in(strict.reader("trainer"))


def test_digits_count_once_even_those_of_the_setting_up_and_wherever_they_are_shown(portal):
    app, _ = set_up(portal.reader(CLINICIAN))
    first, second = portal.reader(CLINICIAN), portal.reader(CLINICIAN)
    assert NOT_NOW in first.send(ASK, one_time_password=app.shown[0]).get_data(as_text=True)
    digits = app.digits()
    first.send(ASK, one_time_password=digits)
    assert is_in(first)
    assert NOT_NOW in second.send(ASK, one_time_password=digits).get_data(as_text=True)
    assert not is_in(second)


def test_after_five_wrong_ones_even_the_right_one_is_refused_and_the_password_too_but_no_colleague(portal):
    app, codes = set_up(portal.reader(CLINICIAN))
    reader = portal.reader(CLINICIAN)
    for address, field in [(ASK, "one_time_password"), ("/second-factor/recovery", "recovery_password")] * 2:
        reader.send(address, page=reader.browser.get(ASK), **{field: app.wrong()})
    reader.send("/second-factor/passkey", page=reader.browser.get(ASK), credential="{}")
    right = {"one_time_password": app.digits()}
    assert "Too many attempts" in reader.send(ASK, expect=429, **right).get_data(as_text=True)
    recovery = {"page": reader.browser.get(ASK), "recovery_password": codes[0]}
    reader.send("/second-factor/recovery", expect=429, **recovery)
    elsewhere = {"environ_base": {"REMOTE_ADDR": "10.0.0.66"}}
    answer = reader.browser.post(ASK, data={**tokens_of(reader.browser.get(ASK)), **right}, **elsewhere)
    assert answer.status_code == 429
    assert not is_in(reader)
    portal.stranger().send("/login", expect=429, username=CLINICIAN, password=reader.password)
    assert is_in(portal.reader("trainer"))


def test_a_recovery_code_signs_in_once_however_it_is_typed_and_that_is_an_event(portal):
    _, codes = set_up(portal.reader(CLINICIAN))
    reader = portal.reader(CLINICIAN)
    typed = {"recovery_password": f" {codes[0].upper().replace('-', ' ')} "}
    reader.send("/second-factor/recovery", page=reader.browser.get(ASK), **typed)
    assert "9 recovery codes are left" in reader.open(OWN).get_data(as_text=True)
    again = portal.reader(CLINICIAN)
    page = again.send("/second-factor/recovery", page=again.browser.get(ASK), **typed).get_data(as_text=True)
    assert "This is none of your recovery codes, or was used already." in page
    assert not is_in(again)
    assert changes(portal)[-1] == (CLINICIAN, "recovery-code-used", CLINICIAN)
    new = reader.send(f"{OWN}/codes", page=reader.open(OWN), present_password=reader.password)
    assert not set(codes) & set(codes_of(new.get_data(as_text=True)))
    again.send("/second-factor/recovery", page=again.browser.get(ASK), recovery_password=codes[1])
    assert not is_in(again)


def test_setting_up_and_taking_away_need_the_password_and_the_digits(portal):
    reader = portal.reader(CLINICIAN)
    app = App.of(reader.open(APP).get_data(as_text=True))
    reader.send(APP, one_time_password=app.digits(), present_password="certainly-not-the-password")
    reader.send(APP, one_time_password=app.wrong(), present_password=reader.password)
    assert changes(portal) == []
    set_up(reader)
    reader.send(f"{OWN}/remove", page=reader.open(OWN), which="authenticator", present_password="certainly-not-it")
    reader.send(f"{OWN}/codes", page=reader.open(OWN), present_password="certainly-not-it")
    assert [one[1] for one in changes(portal)] == ["second-factor"]
    other = portal.reader("trainer")
    told = other.send(
        f"{OWN}/remove", page=other.open("/account/password"), which="authenticator", present_password=other.password
    )
    assert "nothing was taken away" in told.get_data(as_text=True)
    assert is_in(other)
    reader.send(f"{OWN}/remove", page=reader.open(OWN), which="authenticator", present_password=reader.password)
    assert [one[1] for one in changes(portal)] == ["second-factor", "second-factor-removed"]
    assert not is_in(reader)
    assert is_in(portal.reader(CLINICIAN))


def test_other_browsers_owe_it_from_the_moment_it_is_set_up(portal):
    elsewhere, reader = portal.reader(CLINICIAN), portal.reader(CLINICIAN)
    set_up(reader)
    assert is_in(reader)
    assert elsewhere.browser.get("/").location.startswith(ASK)


def test_the_secret_is_shown_once_and_stands_in_the_clear_nowhere(portal):
    reader = portal.reader(CLINICIAN)
    app, codes = set_up(reader)
    pages = [reader.open(OWN), reader.open("/"), reader.open(APP)]
    secret = app.key.replace("-", "")
    assert App.of(pages[-1].get_data(as_text=True)).key != app.key
    assert all(codes[0] not in page.get_data(as_text=True) for page in pages)
    with portal.parts.database.reading() as session:
        rows = [str(vars(row)) for row in session.query(User)]
    files = b"".join(file.read_bytes() for file in (portal.home.folder / "portal").glob("portal.sqlite*"))
    for hidden in (secret, app.key, codes[0], codes[0].replace("-", "")):
        assert hidden not in "".join(rows)
        assert hidden.encode() not in files
        assert hidden not in reader.browser.get_cookie("aoa_portal").value


def test_a_lost_telephone_is_reset_by_an_administrator_and_every_session_ends(strict):
    reader = strict.reader(ILLUSTRATION)
    app = App.of(reader.open(APP).get_data(as_text=True))
    codes = codes_of(reader.send(APP, one_time_password=app.digits()).get_data(as_text=True))
    half, system = strict.reader(ILLUSTRATION), strict.reader(SYSTEM)
    address = f"/users/{number_of(system, ILLUSTRATION)}"
    system.send(f"{address}/second-factor", page=system.open(address))
    for browser in (reader, half):
        assert browser.browser.get(ASK).location.startswith("/login")
    assert changes(strict)[-1] == (ILLUSTRATION, "second-factor-reset", SYSTEM)
    assert "Second factor reset" in system.open("/account-changes").get_data(as_text=True)
    anew = strict.reader(ILLUSTRATION)
    assert anew.browser.get("/").location.startswith(ASK)
    anew.browser.post("/second-factor/recovery", data={**tokens_of(anew.open(APP)), "recovery_password": codes[0]})
    assert not is_in(anew)
    assert App.of(anew.open(APP).get_data(as_text=True)).key != app.key
    own = f"/users/{number_of(system, SYSTEM)}"
    system.send(f"{own}/second-factor", page=system.open("/account/password"), expect=403)


def test_a_form_of_the_second_factor_that_came_too_late_is_kept_nowhere(portal):
    reader = portal.reader(CLINICIAN)
    app = App.of(reader.open(APP).get_data(as_text=True))
    form = {**hidden_fields_of(reader.open(APP).get_data(as_text=True)), "name": "blue key"}
    form |= {"one_time_password": app.digits(), "credential": "signed", "recovery_password": "code"}
    reader.sign_out()
    for address in (APP, "/second-factor/new-passkey", ASK):
        reader.browser.post(address, data=form)
    with portal.app.app_context(), portal.parts.database.reading() as session:
        sealed = [row.sealed for row in session.query(Draft)]
    with portal.app.test_request_context():
        kept = "".join(_sealing().open(one) for one in sealed)
    assert not re.search(rf"signed|code|{app.shown[-1]}", kept)


def test_showing_it_never_leads_to_another_site(portal):
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example", "/\n//evil", "evil"):
        with portal.app.test_request_context(ASK, query_string={"next": elsewhere}):
            assert second_factor.led_on().location == "/"


def test_whoever_switches_a_second_factor_off_in_the_database_is_found_by_verifying(portal):
    set_up(portal.reader(CLINICIAN))
    assert verifying.examine(portal.parts.continuity).faults == ()
    with sqlite3.connect(portal.home.folder / "portal" / "portal.sqlite") as connection:
        connection.execute("UPDATE account SET tf_primary_method = NULL")
    connection.close()
    assert any("account" in fault for fault in verifying.examine(portal.parts.continuity).faults)
