"""One account for every door: what is changed holds at the portal, at Orthanc and for what waits (F20)."""

import json
import os
import secrets
import signal
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import psutil
import pytest

from tests.integration.walk.exporting import accepted, ask, settled
from tests.support.pages import Administrator, Pages
from tests.support.patience import PATIENCE, until
from tests.support.stack import Stack


@dataclass(frozen=True)
class Person:
    """Somebody with an account of their own, opened for one test."""

    stack: Stack
    user: str
    password: str

    def orthanc(self, password: str | None = None) -> httpx.Client:
        return httpx.Client(
            base_url=self.stack.orthanc, auth=(self.user, password or self.password), timeout=PATIENCE, trust_env=False
        )

    def status(self, path: str, password: str | None = None) -> int:
        with self.orthanc(password) as orthanc:
            return orthanc.get(path).status_code

    def portal(self, password: str | None = None) -> bool:
        with Pages(self.stack.portal) as pages:
            return pages.sign_in(self.user, password or self.password)


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A demonstration whose accounts these tests may change, and whose parts they may stop."""
    running = Stack(tmp_path_factory.mktemp("accounts") / "home", demo=True).start()
    try:
        yield running.wait_until_ready()
    finally:
        running.stop()


@pytest.fixture
def administrator(mine: Stack) -> Iterator[Administrator]:
    with Administrator(mine.portal) as pages:
        assert pages.sign_in(*mine.login("administrator"))
        yield pages


def opened(mine: Stack, administrator: Administrator, role: str = "clinician") -> Person:
    """Open an account on the page, and return whose it is."""
    person = Person(mine, f"dr-{secrets.token_hex(4)}", f"first password {secrets.token_hex(4)}")
    administrator.open(person.user, role, person.password)
    return person


def original(mine: Stack) -> str:
    return f"/studies/{mine.study_id('chest-ct')}/archive"


def exports(person: Person, password: str | None = None) -> int:
    with person.orthanc(password) as orthanc:
        return ask(orthanc, person.stack.study_id("chest-ct")).status_code


def is_out(person: Person, password: str | None = None) -> bool:
    return person.status("/studies", password) == 403


def test_a_new_account_opens_both_doors_without_a_restart(mine: Stack, administrator: Administrator) -> None:
    person = opened(mine, administrator)
    assert person.portal()
    assert person.status(original(mine)) == 200
    assert exports(person) == 202
    assert person.status("/studies", "another password") == 403


def test_an_account_made_by_the_command_opens_both_doors_without_a_restart(mine: Stack) -> None:
    name = f"jo-{secrets.token_hex(4)}"
    told = json.loads(mine.aoa("user", "add", name, "--role", "clinician", "--json").stdout)
    person = Person(mine, name, told["password"])
    assert person.status(original(mine)) == 200
    assert person.portal()


def test_a_closing_a_new_password_and_a_new_role_hold_now_and_after_preparing_the_home_and_a_restart(
    mine: Stack, administrator: Administrator
) -> None:
    changes = [
        change(mine, administrator)
        for change in (_an_account_is_closed, _a_first_user_is_closed, _a_password_is_new, _a_clinician_is_a_trainer)
    ]
    for change in changes:
        next(change)
    assert mine.stop() == 0
    assert mine.aoa("stack", "prepare").returncode == 0
    mine.start().wait_until_ready()
    for change in changes:
        assert next(change, "over") == "over"


def _an_account_is_closed(mine: Stack, administrator: Administrator) -> Iterator[None]:
    """Close one that had made a package: no door gives it anything."""
    person = opened(mine, administrator)
    with person.orthanc() as orthanc:
        href = accepted(ask(orthanc, mine.study_id("chest-ct")))
        assert settled(orthanc, href)["state"] == "ready"
    administrator.close(person.user)
    until(lambda: is_out(person), "Orthanc to refuse the closed account")
    doors = [original(mine), "/studies", "/system", "/app/explorer.html", href, f"{href}/package", "/consent/me"]
    assert [person.status(door) for door in doors] == [403, 403, 403, 401, 401, 401, 401]
    assert exports(person) == 403
    assert not person.portal()
    yield
    assert is_out(person)
    assert exports(person) == 403
    assert not person.portal()


def _a_first_user_is_closed(mine: Stack, administrator: Administrator) -> Iterator[None]:
    """Close one of those whom the home was made with: preparing it opens no door again."""
    person = Person(mine, *mine.login("department-admin"))
    assert person.status("/system") == 200
    administrator.close(person.user)
    until(lambda: person.status("/system") == 403, "Orthanc to refuse the closed account")
    yield
    assert person.status("/system") == 403
    assert not person.portal()
    with Administrator(mine.portal) as again:
        assert again.sign_in(*mine.login("administrator"))
        again.reopen(person.user)
    until(lambda: person.status("/system") == 200, "Orthanc to let the opened account in again")


def _a_password_is_new(mine: Stack, administrator: Administrator) -> Iterator[None]:
    """Give another password: it is the only one, at every door."""
    person = Person(mine, *mine.login("trainer"))
    assert person.status("/system") == 200
    administrator.give_password(person.user, "three other words")
    until(lambda: person.status("/system") == 403, "the old password to be refused")
    assert person.status("/system", "three other words") == 200
    assert (person.portal(), person.portal("three other words")) == (False, True)
    yield
    assert (person.status("/system"), person.status("/system", "three other words")) == (403, 200)
    assert (person.portal(), person.portal("three other words")) == (False, True)


def _a_clinician_is_a_trainer(mine: Stack, administrator: Administrator) -> Iterator[None]:
    """Take the originals from somebody: none can be read, and what waits is decided anew."""
    person = Person(mine, *mine.login("medical-illustration"))
    with person.orthanc() as orthanc:
        care = accepted(ask(orthanc, mine.study_id("chest-ct"), "direct-care", attestations={}))
        assert settled(orthanc, care)["state"] == "ready"
    administrator.give_role(person.user, "trainer")
    until(lambda: person.status(original(mine)) == 403, "the original to be closed")
    assert (person.status("/studies"), person.status("/system")) == (403, 200)
    with person.orthanc() as orthanc:
        assert orthanc.get("/consent/me").json()["role"] == "trainer"
        assert orthanc.get(f"{care}/package").status_code in {403, 410}
        assert accepted(ask(orthanc, mine.study_id("chest-ct")))
        assert ask(orthanc, mine.study_id("chest-ct"), "direct-care", attestations={}).status_code == 403
    yield
    assert person.status(original(mine)) == 403


def test_what_runs_for_somebody_who_is_closed_meanwhile_is_never_handed_over(
    mine: Stack, administrator: Administrator
) -> None:
    person = opened(mine, administrator)
    with person.orthanc() as orthanc:
        href = accepted(ask(orthanc, mine.study_id("chest-ct")))
        administrator.close(person.user)
        until(lambda: is_out(person), "Orthanc to refuse the closed account")
        administrator.reopen(person.user)
        administrator.give_role(person.user, "department-admin")
        until(lambda: person.status("/system") == 200 and person.status("/studies") == 403, "the new role")
        assert settled(orthanc, href)["state"] in {"ready", "recalled", "failed"}
        assert orthanc.get(f"{href}/package").status_code in {403, 410}


def test_while_the_portal_is_away_care_goes_on_for_the_known_and_all_else_is_closed_also_after_a_restart_of_orthanc(
    mine: Stack, administrator: Administrator
) -> None:
    known, gone = opened(mine, administrator), opened(mine, administrator)
    unseen, trainer = opened(mine, administrator), opened(mine, administrator, "trainer")
    care = original(mine)
    assert [one.status("/system") for one in (known, gone, trainer)] == [200, 200, 200]
    administrator.close(gone.user)
    until(lambda: is_out(gone), "Orthanc to refuse the closed account")
    portal = psutil.Process(mine.ready["pids"]["portal"])
    portal.suspend()
    try:
        until(lambda: trainer.status("/consent/me") == 503, "the gate to know that the portal is away")
        assert trainer.status("/system") == 403
        _only_the_known_get_care(known, gone, unseen, care)
        assert exports(known) == 503
        first = mine.ready["pids"]["orthanc"]
        os.kill(first, signal.SIGKILL)
        until(lambda: mine.ready["pids"]["orthanc"] != first, "Orthanc to be started again")
        until(lambda: _answers(mine), "Orthanc to answer")
        _only_the_known_get_care(known, gone, unseen, care)
        assert trainer.status("/system") == 403
    finally:
        portal.resume()
    until(lambda: trainer.status("/system") == 200, "the trainer to be let in again")
    assert unseen.status(care) == 200
    assert is_out(gone)


def _only_the_known_get_care(known: Person, gone: Person, unseen: Person, care: str) -> None:
    assert (known.status(care), known.status(care, "guess guess guess")) == (200, 403)
    assert (gone.status(care), unseen.status(care)) == (403, 403)


def _answers(mine: Stack) -> bool:
    try:
        return httpx.get(f"{mine.orthanc}/system", timeout=PATIENCE, trust_env=False).status_code == 403
    except httpx.TransportError:
        return False


def test_guesses_are_counted_with_the_portals_and_hold_up_nobody_who_is_signed_in(
    mine: Stack, administrator: Administrator
) -> None:
    person, other = opened(mine, administrator), opened(mine, administrator)
    assert person.status("/system") == 200
    for number in range(3):
        assert other.status("/system", f"wrong password {number}") == 403
    for number in range(2):
        assert not other.portal(f"other wrong password {number}")
    assert other.status("/system") == 403, "five wrong ones, at both doors together"
    assert not other.portal()
    assert person.status("/system") == 200
    log = (mine.home / "logs" / "portal.log").read_text(encoding="utf-8")
    assert "too many wrong passwords" in log
    assert other.user not in log


def test_every_change_is_an_event_that_administrator_and_guardian_can_read(
    mine: Stack, administrator: Administrator
) -> None:
    person = opened(mine, administrator)
    administrator.give_role(person.user, "trainer")
    administrator.give_password(person.user, "three more words")
    administrator.close(person.user)
    administrator.reopen(person.user)
    with Pages(mine.portal) as guardian:
        assert guardian.sign_in(*mine.login("caldicott-guardian"))
        pages = [administrator.get("/account-changes").text, guardian.get("/account-changes").text]
    for page in pages:
        for told in ("Opened: Clinician", "Another role: Trainer, before Clinician", "New password", "Closed"):
            assert told in page
        assert page.count(person.user) == 5
    assert mine.aoa("audit", "verify").returncode == 0


def test_no_password_comes_into_a_log_or_stands_in_what_the_gate_keeps(
    mine: Stack, administrator: Administrator
) -> None:
    person = opened(mine, administrator)
    assert person.status("/system") == 200
    assert person.status("/system", "a wrong one of theirs") == 403
    kept = (mine.home / "gate" / "accounts.sealed").read_text(encoding="utf-8")
    for secret in (person.password, "a wrong one of theirs", *(mine.login(role)[1] for role in mine.ready["logins"])):
        assert secret not in mine.logs() + kept
