"""A home: its secrets, its ports, its one owner."""

import json
import socket
import tomllib
from pathlib import Path

import pytest

from orthanc_plugin.stack import people, ports, preflight, vault
from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.lock import alone
from orthanc_plugin.stack.ready import Ready
from orthanc_plugin.stack.up import Wish, choose_ports


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home.at(tmp_path / "home")
    made.make_folders()
    return made


def test_secrets_are_readable_by_the_owner_only(home: Home) -> None:
    vault.fill(home, demo=True)
    assert home.secrets.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in home.secrets.iterdir()} == {0o600}


def test_a_second_start_keeps_every_secret(home: Home) -> None:
    vault.fill(home, demo=True)
    before = {path.name: path.read_text() for path in home.secrets.iterdir()}
    vault.fill(home, demo=True)
    assert {path.name: path.read_text() for path in home.secrets.iterdir()} == before


def test_two_homes_share_no_secret(tmp_path: Path) -> None:
    homes = [Home.at(tmp_path / name) for name in ("one", "two")]
    for each in homes:
        each.make_folders()
        vault.fill(each, demo=True)
    one, two = ({path.read_text() for path in each.secrets.iterdir()} for each in homes)
    assert not one & two


def test_without_the_demonstration_the_administrator_is_the_only_person(home: Home) -> None:
    users = vault.fill(home, demo=False)
    assert {row["role"] for row in users.values()} == {"administrator", "engine", "portal", "supervisor"}


def test_a_later_demonstration_adds_people_and_keeps_who_was_there(home: Home) -> None:
    before = vault.fill(home, demo=False)
    after = vault.fill(home, demo=True)
    assert set(people.ROLES) <= set(after)
    assert after["administrator"] == before["administrator"]


def test_a_users_file_that_is_broken_is_named_and_kept(home: Home) -> None:
    home.users.write_text('{"clinician": "secret"}')
    with pytest.raises(StackError, match=r"users\.json is not the users' file") as told:
        vault.fill(home, demo=True)
    assert "secret" not in str(told.value).replace("secrets/users.json", "")
    assert home.users.read_text() == '{"clinician": "secret"}'


def test_all_ports_in_use_are_named_at_once_before_anything_is_written(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        taken = one.getsockname()[1], two.getsockname()[1]
        with pytest.raises(StackError) as told:
            choose_ports(home, Wish(orthanc_port=taken[0], dicom_port=ports.free_port(), portal_port=taken[1]))
    assert f"Port {taken[0]} for Orthanc's HTTP (--orthanc-port) is in use" in str(told.value)
    assert f"Port {taken[1]} for the portal (--portal-port) is in use" in str(told.value)
    assert "make demo ORTHANC_PORT=N" in str(told.value)
    assert not home.settings.exists()


def test_one_port_for_two_parts_is_refused(home: Home) -> None:
    port = ports.free_port()
    with pytest.raises(StackError, match=f"Port {port} is asked for twice"):
        choose_ports(home, Wish(orthanc_port=port, dicom_port=port, portal_port=ports.free_port()))


def test_the_engine_moves_to_another_port_by_itself(home: Home) -> None:
    wish = Wish(orthanc_port=ports.free_port(), dicom_port=ports.free_port(), portal_port=ports.free_port())
    first = choose_ports(home, wish)
    with socket.create_server(("127.0.0.1", first.engine)):
        second = choose_ports(home, Wish())
    assert second.engine != first.engine
    assert (second.orthanc, second.dicom, second.portal) == (first.orthanc, first.dicom, first.portal)


def test_a_port_of_the_environment_reaches_every_address_that_follows(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {part: ports.free_port() for part in ("portal", "engine")}
    monkeypatch.setenv("AOA_PORTAL_PORT", str(named["portal"]))
    monkeypatch.setenv("AOA_ENGINE_PORT", str(named["engine"]))
    chosen = choose_ports(home, Wish(orthanc_port=ports.free_port(), dicom_port=ports.free_port()))
    assert {"portal": chosen.portal, "engine": chosen.engine} == named
    written = tomllib.loads(home.settings.read_text())
    assert written["portal"]["public_url"] == written["engine"]["portal_url"] == f"http://127.0.0.1:{chosen.portal}"
    assert written["gate"]["engine_url"] == f"http://127.0.0.1:{chosen.engine}"


def test_a_port_that_option_and_environment_name_differently_is_refused_and_changes_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AOA_PORTAL_PORT", "8080")
    with pytest.raises(StackError, match="--portal-port 8081 and AOA_PORTAL_PORT=8080 disagree"):
        choose_ports(home, Wish(portal_port=8081))
    assert not home.settings.exists()


def test_a_second_start_on_the_same_home_is_refused_with_the_first_ones_process(home: Home) -> None:
    with alone(home), pytest.raises(StackError, match=r"Another `aoa up` \(process \d+\) already runs"), alone(home):
        pytest.fail("two at once")


def test_a_home_is_free_again_after_it_was_left(home: Home) -> None:
    for _ in range(2):
        with alone(home):
            assert (home.run / "lock").read_text().strip().isdigit()


def test_missing_packages_are_all_named(tmp_path: Path) -> None:
    with pytest.raises(StackError) as told:
        preflight.check(None, {"orthanc-python": tmp_path / "libOrthancPython.so"})
    assert "the Orthanc server (Debian package orthanc)" in str(told.value)
    assert "apt-get install orthanc orthanc-python" in str(told.value)


@pytest.mark.parametrize("name", ["one ;two", "100%", "#1", 'so "called"'])
def test_a_path_that_the_supervisor_cannot_carry_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StackError, match="Choose a plainer path"):
        Home.at(tmp_path / name)


def test_ready_has_exactly_the_agreed_shape(home: Home) -> None:
    users = vault.fill(home, demo=True)
    pids = {"supervisor": 1, "orthanc": 2, "engine": 3, "portal": 4}
    Ready("http://a", "http://b", "AET", 4242, pids, people.logins(users)).write(home)
    told = json.loads(home.ready.read_text())
    assert set(told) == {"orthanc", "portal", "dicom", "pids", "logins", "writer"}
    assert told["dicom"] == {"aet": "AET", "port": 4242}
    assert set(told["logins"]) == set(people.ROLES)
    assert all(set(row) == {"user", "password"} for row in told["logins"].values())
    assert home.ready.stat().st_mode & 0o777 == 0o600


def test_ready_tells_no_login_outside_a_demonstration(home: Home) -> None:
    Ready("http://a", "http://b", "AET", 4242).write(home)
    assert "logins" not in json.loads(home.ready.read_text())


def test_a_part_without_a_process_keeps_its_last_one_in_ready(home: Home) -> None:
    ready = Ready("http://a", "http://b", "AET", 4242, {"engine": 3, "portal": 4})
    assert ready.follow(home, {"engine": 0, "portal": 4}) is False
    assert ready.follow(home, {"engine": 30, "portal": 4}) is True
    assert json.loads(home.ready.read_text())["pids"] == {"engine": 30, "portal": 4}


def test_a_ready_file_that_cannot_be_written_is_written_the_next_time_and_leaves_no_draft(home: Home) -> None:
    ready = Ready("http://a", "http://b", "AET", 4242, {"engine": 3})
    home.ready.mkdir()
    with pytest.raises(OSError):  # noqa: PT011  # which one, the machine says
        ready.follow(home, {"engine": 30})
    home.ready.rmdir()
    assert not list(home.folder.glob(".ready*"))
    assert ready.follow(home, {"engine": 30}) is True
    assert json.loads(home.ready.read_text())["pids"] == {"engine": 30}
