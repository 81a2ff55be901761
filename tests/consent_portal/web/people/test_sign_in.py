"""Signing in, staying signed in, and being signed out for good (assurance F5, F7)."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from argon2 import PasswordHasher
from flask import session
from flask_security.utils import get_hmac

from consent_portal.accounts import User
from consent_portal.clock import from_text, to_text
from consent_portal.services import verifying
from consent_portal.web.people.sessions import Sessions, WebSession

WRONG = "The user name or the password is wrong."
NEW = ("new_password", "new_password_again")


def _shift(portal, column, **by):
    """Move a time of every session into the past, as if a clock had gone on."""
    accounts = portal.parts.database.accounts()
    for row in accounts.query(WebSession):
        setattr(row, column, to_text(from_text(getattr(row, column)) - timedelta(**by)))
    accounts.flush()
    portal.parts.database.accounts.remove()


def _is_signed_in(reader):
    return reader.browser.get("/").status_code == 200


def test_the_right_password_signs_in_and_a_wrong_one_does_not(portal):
    reader = portal.stranger()
    page = reader.sign_in("certainly-not-the-password").get_data(as_text=True)
    assert WRONG in page
    assert not _is_signed_in(reader)
    reader.sign_in()
    assert _is_signed_in(reader)


def test_a_failure_does_not_tell_whether_the_name_or_the_password_was_wrong(portal):
    known = portal.stranger().sign_in("certainly-not-the-password").get_data(as_text=True)
    stranger = portal.stranger()
    unknown = stranger.send("/login", username="nobody-here", password="certainly-not-the-password")
    strip = lambda page, name: "".join(page.replace(name, "").split('name="csrf_token"')[0].split())  # noqa: E731
    assert strip(known, "clinician") == strip(unknown.get_data(as_text=True), "nobody-here")


def test_capital_letters_in_the_user_name_do_not_matter(portal):
    reader = portal.stranger()
    reader.send("/login", username=" Clinician ", password=reader.password)
    assert _is_signed_in(reader)


@pytest.mark.parametrize("missing", ["username", "password"])
def test_a_missing_field_is_named(portal, missing):
    fields = {"username": "clinician", "password": "something-long"} | {missing: ""}
    page = portal.stranger().send("/login", **fields).get_data(as_text=True)
    assert "Error: Sign in" in page
    assert f'href="#{missing}"' in page


def test_after_five_wrong_passwords_even_the_right_one_is_refused_for_a_while(portal):
    reader = portal.stranger()
    for _ in range(5):
        reader.sign_in("certainly-not-the-password")
    answer = reader.send("/login", expect=429, username="clinician", password=reader.password)
    assert "Too many attempts" in answer.get_data(as_text=True)
    assert not _is_signed_in(reader)


def test_nobody_can_lock_a_colleague_out_from_another_computer(portal):
    attacker = portal.stranger()
    for _ in range(6):
        token = attacker.browser.get("/login").get_data(as_text=True)
        attacker.browser.post(
            "/login",
            data={"username": "clinician", "password": "guess-guess-guess", "csrf_token": _token(token)},
            environ_base={"REMOTE_ADDR": "10.0.0.66"},
        )
    assert _is_signed_in(portal.reader("clinician"))


def _token(page):
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def test_signing_out_ends_the_session_on_the_server(portal):
    reader = portal.reader("clinician")
    stolen = reader.browser.get_cookie("aoa_portal").value
    reader.sign_out()
    thief = portal.stranger()
    thief.browser.set_cookie("aoa_portal", stolen)
    assert not _is_signed_in(thief)


def test_a_link_cannot_sign_anybody_out(portal):
    reader = portal.reader("clinician")
    reader.open("/logout", expect=405)
    assert _is_signed_in(reader)


def test_a_session_that_was_not_used_for_the_idle_time_is_over(portal):
    reader = portal.reader("clinician")
    _shift(portal, "seen_at", minutes=14)
    assert _is_signed_in(reader)
    _shift(portal, "seen_at", minutes=15)
    assert not _is_signed_in(reader)
    _shift(portal, "seen_at", minutes=-60)
    assert not _is_signed_in(reader)


def test_a_form_sent_after_the_session_ended_is_not_recorded_and_says_so_and_comes_back(portal, said):
    reader = portal.reader("medical-illustration")
    address = f"/studies/{portal.photo.key}/record"
    page = reader.open(address)
    _shift(portal, "seen_at", minutes=15)
    answer = reader.send(address, page=page, **said)
    assert "Nothing was recorded" in answer.get_data(as_text=True)
    assert answer.request.full_path == f"/login?next={address}"
    assert portal.events() == []
    shown = reader.send(f"/login?next={address}", page=answer, username=reader.role, password=reader.password)
    assert shown.request.path == address


def test_using_the_portal_keeps_the_session_but_not_beyond_the_longest_time(portal):
    reader = portal.reader("clinician")
    for _ in range(3):
        _shift(portal, "seen_at", minutes=10)
        assert _is_signed_in(reader)
    _shift(portal, "started_at", hours=12)
    assert not _is_signed_in(reader)


def test_the_database_holds_nothing_that_opens_a_session(portal):
    reader = portal.reader("clinician")
    cookie = reader.browser.get_cookie("aoa_portal").value
    with portal.app.test_request_context(headers={"Cookie": f"aoa_portal={cookie}"}):
        token = session["aoa_sid"]
    database = (portal.home.folder / "portal" / "portal.sqlite").read_bytes()
    wal = (portal.home.folder / "portal" / "portal.sqlite-wal").read_bytes()
    assert token.encode() not in database + wal


def test_a_changed_role_signs_the_person_out_everywhere(portal):
    reader = portal.reader("clinician")
    system = portal.reader("administrator")
    number = _number_of(system, "clinician")
    system.send(f"/users/{number}/role", page=system.browser.get(f"/users/{number}"), role="trainer")
    assert not _is_signed_in(reader)
    again = portal.reader("clinician")
    again.open("/teaching")
    again.open("/studies", expect=403)


def test_a_closed_account_is_signed_out_and_cannot_sign_in(portal):
    reader = portal.reader("clinician")
    system = portal.reader("administrator")
    number = _number_of(system, "clinician")
    system.send(f"/users/{number}/active", page=system.browser.get(f"/users/{number}"), active="no")
    assert not _is_signed_in(reader)
    reader.sign_in()
    assert not _is_signed_in(reader)


def _number_of(system, name):
    page = system.open("/users").get_data(as_text=True)
    return page.split(f">{name}</th>")[1].split('href="/users/')[1].split('"')[0]


def test_a_new_password_ends_every_session_and_the_old_one_is_worth_nothing(portal):
    reader, elsewhere = portal.reader("clinician"), portal.reader("clinician")
    fields = {"present_password": reader.password, **dict.fromkeys(NEW, "three random words")}
    reader.send("/account/password", **fields)
    assert not _is_signed_in(reader)
    assert not _is_signed_in(elsewhere)
    assert WRONG in reader.sign_in().get_data(as_text=True)
    reader.sign_in("three random words")
    assert _is_signed_in(reader)


def test_a_new_password_ends_every_session_even_where_the_portal_is_killed_right_after_it(portal, monkeypatch):
    reader, elsewhere = portal.reader("clinician"), portal.reader("clinician")
    monkeypatch.setattr(Sessions, "end_all", lambda *_: None)  # it was not reached
    fields = {"present_password": reader.password, **dict.fromkeys(NEW, "three random words")}
    reader.send("/account/password", **fields)
    assert not _is_signed_in(elsewhere)


def test_signing_in_with_a_password_of_an_older_hash_changes_no_account_and_is_no_fault_of_the_record(portal):
    with portal.app.app_context(), portal.parts.database.writing() as session:
        user = session.query(User).filter_by(username="clinician").one()
        older = user.password = PasswordHasher(time_cost=1).hash(get_hmac(portal.home.passwords["clinician"]))
    reader = portal.reader("clinician")
    assert _is_signed_in(reader)
    with portal.parts.database.reading() as session:
        assert session.query(User).filter_by(username="clinician").one().password == older
    assert verifying.examine(portal.parts.continuity).faults == ()


def test_no_token_in_header_or_address_signs_anybody_in(portal):
    with portal.app.app_context():
        user = portal.app.extensions["security"].datastore.find_user(username="clinician")
        token = user.get_auth_token()
    browser = portal.app.test_client()
    assert browser.get("/", headers={"Authentication-Token": token}).status_code == 302
    assert browser.get(f"/?auth_token={token}").status_code == 302


def test_a_sign_in_by_json_hands_out_no_token(portal):
    reader = portal.stranger()
    page = reader.browser.get("/login").get_data(as_text=True)
    answer = reader.browser.post(
        "/login?include_auth_token",
        json={"username": "clinician", "password": reader.password},
        headers={"X-CSRFToken": _token(page), "Accept": "application/json"},
    )
    assert b"authentication_token" not in answer.data


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(portal, elsewhere):
    reader = portal.stranger()
    page = reader.browser.get("/login")
    fields = {"username": "clinician", "password": reader.password, "csrf_token": _token(page.get_data(as_text=True))}
    answer = reader.browser.post("/login", query_string={"next": elsewhere}, data=fields)
    location = answer.location or "/"
    assert (urlsplit(location).netloc, location[:2] in {"//", "/\\"}) == ("", False)


def test_after_signing_in_the_page_that_was_wanted_opens(portal):
    reader = portal.stranger()
    wanted = reader.browser.get("/recipients")
    answer = reader.send(wanted.location, username="clinician", password=reader.password)
    assert answer.request.path == "/recipients"


def test_the_next_person_to_sign_in_clears_away_sessions_that_are_long_over(portal):
    old = portal.reader("clinician")
    _shift(portal, "started_at", hours=13)
    portal.reader("trainer")
    with portal.app.app_context():
        left = portal.parts.database.accounts().query(WebSession).count()
    assert left == 1
    assert not _is_signed_in(old)
