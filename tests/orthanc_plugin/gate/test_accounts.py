"""Signing in by the portal's accounts: who is let in, with which role, and what is remembered of it."""

import base64
import json
import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from orthanc_plugin.gate.accounts import directory
from orthanc_plugin.gate.accounts.places import Places
from orthanc_plugin.gate.accounts.signin import SignIn
from orthanc_plugin.gate.doors import Doors
from orthanc_plugin.gate.guard import PORTAL_AWAY, Guard, Request
from orthanc_plugin.gate.roles import load_roles
from orthanc_plugin.gate.settings import AccountsSettings, Secret
from orthanc_plugin.stack.logkeeping.lines import known
from tests.orthanc_plugin.gate.small_portal import TOKEN, fits, running
from tests.support.patience import PATIENCE, until

ROLES = load_roles()
PARTS = {"aoa-engine": (ROLES["engine"], "the engine's own")}
WORDS = "three random words"
HERE = "192.0.2.7"


def login(user, password=WORDS):
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


class Gate:
    """A gate's signing in, that may be started anew on the same file."""

    def __init__(self, folder, portal):
        self.file, self.portal, self.log = folder / "gate" / "accounts.sealed", portal, []
        self.restart()

    def restart(self, key="0123456789abcdef"):
        settings = AccountsSettings(self.portal.url, Secret(TOKEN), self.file, Secret(key))
        self.sign_in = SignIn(ROLES, PARTS, settings, self.log.append)

    def poll(self):
        self.sign_in._directory.refresh()

    def role(self, user, password=WORDS, address=HERE):
        found = self.sign_in.of(login(user, password), address)
        return found and found.role.name

    def opens(self, user, path, method="GET"):
        guard = Guard(Doors.load(), self.sign_in, {})
        return guard.judge(Request(method, path, login(user), {}, HERE)).rule


@pytest.fixture
def portal():
    with running() as small:
        small.people = {"ann": ("clinician", WORDS), "tom": ("trainer", WORDS)}
        yield small


@pytest.fixture
def gate(tmp_path, portal):
    made = Gate(tmp_path, portal)
    made.poll()
    return made


def test_a_right_password_is_compared_once_and_a_wrong_one_never_opens(gate, portal):
    assert [gate.role("ann") for _ in range(5)] == ["clinician"] * 5
    assert gate.role("ann", "three other words") is None
    assert gate.role("nobody") is None
    assert len(portal.checked) == 3


def test_what_these_tests_answer_the_gate_is_what_was_agreed(portal):
    fits("accounts", portal.answer("", None)[1])
    for password in (WORDS, "a guess"):
        asked = {"contract": 1, "user": "ann", "password": password, "address": HERE}
        fits("account-check", portal.answer("/check", asked)[1])


def test_the_same_wrong_password_again_is_not_another_guess(gate, portal):
    assert [gate.role("ann", "an old password") for _ in range(9)] == [None] * 9
    assert len(portal.checked) == 1


def test_whoever_is_closed_gets_nothing_from_the_next_list_on(gate, portal):
    assert gate.role("ann") == "clinician"
    del portal.people["ann"]
    gate.poll()
    assert gate.role("ann") is None
    assert gate.sign_in.known(login("ann")) is None


def test_no_account_at_all_where_there_were_some_is_no_answer_and_care_goes_on(gate, portal, monkeypatch):
    assert (gate.role("ann"), gate.role("tom")) == ("clinician", "trainer")
    people, portal.people = portal.people, {}
    gate.poll()
    monkeypatch.setattr(directory, "FRESH_SECONDS", -1.0)
    assert gate.opens("ann", "/studies") == ""
    assert gate.opens("tom", "/export", "POST") == PORTAL_AWAY
    gate.restart()
    portal.away = True
    assert gate.role("ann") == "clinician", "nothing that was known has gone from the disk"
    portal.people, portal.away = {"ann": people["ann"]}, False
    gate.poll()
    assert (gate.role("ann"), gate.role("tom")) == ("clinician", None)


def close_by_hand(gate, text):
    gate.file.with_name("closed-accounts").write_text(text, encoding="utf-8")


def test_who_is_closed_by_hand_gets_nothing_while_the_portal_can_close_nobody(gate, portal):
    assert (gate.role("ann"), gate.role("tom")) == ("clinician", "trainer")
    portal.away = True
    close_by_hand(gate, "  Ann \n\n")
    gate.poll()
    assert (gate.role("ann"), gate.role("ANN"), gate.role("tom")) == (None, None, "trainer")
    assert gate.sign_in.known(login("ann")) is None
    gate.restart()
    assert gate.role("ann") is None, "at a start without the portal"
    portal.away = False
    gate.poll()
    assert gate.role("ann") is None, "whatever the portal says"
    close_by_hand(gate, "")
    gate.poll()
    assert gate.role("ann") == "clinician"


def test_a_password_of_somebody_closed_by_hand_never_reaches_the_portal(gate, portal):
    close_by_hand(gate, "ann")
    gate.poll()
    assert gate.role("ann") is None
    assert portal.checked == []


def test_a_slip_in_the_names_closed_by_hand_is_told_without_a_name(gate):
    close_by_hand(gate, "tom\nanne")
    gate.poll()
    gate.poll()
    told = [line for line in gate.log if "closed at this Orthanc by hand" in line]
    assert len(told) == 1
    assert told[0].startswith("2 names")
    assert "1 of them" in told[0]
    assert not {"anne", "tom"} & set(told[0].split())


def test_what_the_gate_says_of_accounts_is_kept_whole_in_the_log(gate, portal):
    close_by_hand(gate, "ann")
    portal.away = True
    gate.poll()
    gate.file.with_name("closed-accounts").write_bytes(b"\xff\xfe")
    portal.away = False
    gate.poll()
    assert len(gate.log) == 4
    assert [known(line) for line in gate.log] == gate.log


def test_names_closed_by_hand_that_cannot_be_read_any_more_stay_closed(gate):
    close_by_hand(gate, "ann")
    gate.poll()
    gate.file.with_name("closed-accounts").write_bytes(b"\xff\xfe")
    gate.poll()
    assert (gate.role("ann"), gate.role("tom")) == (None, "trainer")
    assert any("cannot be read" in line for line in gate.log)


def test_a_changed_role_counts_from_the_next_list_on_without_signing_in_anew(gate, portal):
    assert gate.role("ann") == "clinician"
    portal.people["ann"] = ("trainer", WORDS)
    gate.poll()
    assert (gate.role("ann"), len(portal.checked)) == ("trainer", 1)


def test_a_new_password_is_the_only_one_at_once(gate, portal):
    assert gate.role("ann") == "clinician"
    portal.people["ann"] = ("clinician", "three other words")
    assert gate.role("ann", "three other words") == "clinician"
    assert gate.role("ann") is None


def test_a_new_account_and_a_reopened_one_are_let_in_at_once(gate, portal):
    assert gate.role("eve") is None
    portal.people["eve"] = ("trainer", WORDS)
    gate.poll()
    assert gate.role("eve") == "trainer"


def test_capitals_of_a_name_make_no_second_person(gate):
    assert gate.sign_in.of(login("ANN"), HERE).user == "ann"


def test_a_role_of_our_own_parts_and_an_unknown_one_are_nobodys(gate, portal):
    portal.people |= {"eve": ("engine", WORDS), "bob": ("surgeon", WORDS)}
    gate.poll()
    assert (gate.role("eve"), gate.role("bob")) == (None, None)


def test_our_own_parts_never_need_the_portal_and_their_names_never_reach_it(gate, portal):
    portal.away = True
    assert gate.role("aoa-engine", "the engine's own") == "engine"
    assert gate.role("aoa-engine", "a guess") is None
    assert portal.checked == []


def test_while_the_portal_is_away_care_goes_on_for_the_known_and_all_else_is_closed(gate, portal, monkeypatch):
    assert (gate.role("ann"), gate.role("tom")) == ("clinician", "trainer")
    portal.away = True
    gate.poll()
    monkeypatch.setattr(directory, "FRESH_SECONDS", -1.0)
    assert gate.opens("ann", "/studies") == ""
    assert gate.opens("tom", "/system") == PORTAL_AWAY
    assert gate.opens("tom", "/export", "POST") == PORTAL_AWAY
    assert any("does not answer" in line for line in gate.log)
    portal.away = False
    monkeypatch.undo()
    gate.poll()
    assert gate.opens("tom", "/system") == ""


def test_after_a_restart_without_the_portal_only_who_was_right_before_and_is_open_still_is_recognised(gate, portal):
    portal.people |= {"eve": ("clinician", WORDS), "bob": ("clinician", WORDS)}
    gate.poll()
    assert (gate.role("ann"), gate.role("eve")) == ("clinician", "clinician")
    del portal.people["eve"]
    gate.poll()
    portal.away = True
    gate.restart()
    assert gate.role("ann") == "clinician"
    assert gate.role("ann", "a guess") is None
    assert gate.role("eve") is None, "closed before the portal went away"
    assert gate.role("bob") is None, "never signed in here"
    assert not gate.sign_in.of(login("ann"), HERE).current


def test_after_a_restart_without_the_portal_an_old_password_is_dead(gate, portal):
    assert gate.role("ann") == "clinician"
    portal.people["ann"] = ("clinician", "three other words")
    gate.poll()
    portal.away = True
    gate.restart()
    assert gate.role("ann") is None
    assert gate.role("ann", "three other words") is None, "not seen here yet"


def test_what_is_kept_holds_no_password_and_is_for_the_owner_alone(gate):
    assert gate.role("ann") == "clinician"
    assert stat.S_IMODE(gate.file.stat().st_mode) == 0o600
    assert WORDS not in gate.file.read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", ["forged", "cut off", "other key", "no JSON", "list"])
def test_what_is_kept_counts_only_as_the_gate_wrote_it(gate, portal, damage):
    assert gate.role("ann") == "clinician"
    portal.away = True
    text = gate.file.read_text(encoding="utf-8")
    sealed = json.loads(text)
    bodies = {
        "forged": json.dumps({**sealed, "body": sealed["body"].replace("trainer", "clinician")}),
        "cut off": text[: len(text) // 2],
        "other key": text,
        "no JSON": "nothing",
        "list": "[]",
    }
    gate.file.write_text(bodies[damage], encoding="utf-8")
    gate.restart("another key 0123456789" if damage == "other key" else "0123456789abcdef")
    assert (gate.role("ann"), gate.role("tom")) == (None, None)
    assert any("cannot be used" in line for line in gate.log)


def test_strangers_guesses_lock_out_nobody_who_signed_in_here_before(gate, portal):
    assert gate.role("ann") == "clinician"
    portal.guessing = True
    gate.restart()
    gate.poll()
    assert gate.role("ann") == "clinician"
    assert [gate.role("ann", f"guess {number}") for number in range(8)] == [None] * 8
    assert gate.role("ann") == "clinician", "known already"


def test_while_the_portal_is_away_guesses_are_limited_by_name_and_address(gate, portal):
    assert gate.role("ann") == "clinician"
    portal.away = True
    gate.restart()
    assert [gate.role("ann", f"guess {number}") for number in range(5)] == [None] * 5
    assert gate.role("ann") is None, "five wrong ones from here"
    assert gate.role("ann", address="192.0.2.8") == "clinician", "and none from there"


@pytest.mark.parametrize("broken", [b"", b"<html>", b"[]", b'{"accounts": [{"user": "ann"}]}', b'{"accounts": 1}'])
def test_an_answer_that_is_not_as_agreed_is_none_and_changes_nothing(gate, portal, broken):
    assert gate.role("ann") == "clinician"
    portal.broken = broken
    gate.poll()
    assert gate.role("ann") == "clinician"
    assert gate.role("tom") is None


def test_a_password_beyond_all_measure_is_not_even_compared(gate, portal):
    assert gate.role("ann", "x" * 2000) is None
    assert portal.checked == []


def test_one_unknown_password_is_asked_once_however_many_requests_bring_it(gate, portal):
    with ThreadPoolExecutor(6) as crowd:
        assert list(crowd.map(lambda _: gate.role("ann"), range(6))) == ["clinician"] * 6
    assert len(portal.checked) == 1


def test_those_who_guess_from_one_address_leave_places_to_others():
    places, hold = Places(), threading.Event()
    with ThreadPoolExecutor(8) as crowd:
        guesses = [
            crowd.submit(places.found, bytes([number]), HERE, lambda: hold.wait(PATIENCE) and None)
            for number in range(6)
        ]
        until(lambda: sum(guess.done() for guess in guesses) == 3, "three guesses to be refused")
        other = places.found(b"other", "192.0.2.8", lambda: "found")
        hold.set()
    assert other == "found"
