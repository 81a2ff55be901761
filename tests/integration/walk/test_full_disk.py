"""A full disk costs lines of logs and exports, each with its true reason; direct care goes on, and all comes back.

The stack is one of its own: what is done to it would be in the way of other tests.
"""

import os
import re
import signal
import socket
import struct
from collections.abc import Iterator

import httpx
import psutil
import pytest

from orthanc_plugin.stack.samples.model import uid
from tests.integration.walk.exporting import accepted, ask, settled
from tests.support.full_disk import no_room
from tests.support.patience import until
from tests.support.stack import CANARY, Stack

LOGS = ("orthanc", "engine", "portal", "supervisor")
PORTAL_FULL, ENGINE_FULL = "The consent portal's disk is full", "The export service has no room left on its disk"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A demonstration that these tests share."""
    running = Stack(tmp_path_factory.mktemp("full") / "home", demo=True).start()
    try:
        yield running.wait_until_ready()
    finally:
        running.stop()


@pytest.fixture
def orthanc(stack: Stack) -> Iterator[httpx.Client]:
    with stack.client("clinician") as client:
        yield client


@pytest.fixture
def chest(stack: Stack) -> str:
    return stack.study_id("chest-ct")


def care_is_served(orthanc: httpx.Client) -> None:
    for study in orthanc.get("/studies").raise_for_status().json():
        assert orthanc.get(f"/studies/{study}/archive").content.startswith(b"PK")
        assert orthanc.get(f"/studies/{study}/shared-tags").status_code == 200


def below(stack: Stack, part: str) -> list[psutil.Process]:
    process = psutil.Process(stack.ready["pids"][part])
    return [process, *process.children(recursive=True)]


def break_off_archives(stack: Stack, orthanc: httpx.Client) -> None:
    """Ask for every study's archive and hang up after the first bytes, as a browser that is closed does."""
    login = httpx.BasicAuth(*stack.login("clinician"))._auth_header
    for study in orthanc.get("/studies").json():
        with socket.create_connection(("127.0.0.1", stack.orthanc_port)) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            line.sendall(f"GET /studies/{study}/archive HTTP/1.1\r\nHost: x\r\nAuthorization: {login}\r\n\r\n".encode())
            line.recv(10)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_no_log_names_a_patient_after_a_download_that_broke_off(stack: Stack, orthanc: httpx.Client) -> None:
    break_off_archives(stack, orthanc)
    until(lambda: "Cannot add new file inside ZIP archive: [...]" in stack.logs(), "Orthanc to complain")
    tags = [orthanc.get(f"/studies/{study}").json() for study in orthanc.get("/studies").json()]
    identifiers = {row["PatientMainDicomTags"]["PatientID"] for row in tags}
    identifiers |= {row["MainDicomTags"][name] for row in tags for name in ("AccessionNumber", "StudyInstanceUID")}
    logs = stack.logs().casefold()
    assert [one for one in (CANARY, *identifiers) if one.casefold() in logs] == []
    assert len(identifiers) > 10


def test_with_every_log_full_all_goes_on_and_the_logs_say_afterwards_what_is_missing(
    stack: Stack, orthanc: httpx.Client, chest: str
) -> None:
    pids = stack.ready["pids"]
    logs = [stack.home / "logs" / f"{name}.log" for name in LOGS]
    for log in logs:
        log.unlink()
        log.symlink_to("/dev/full")
    care_is_served(orthanc)
    break_off_archives(stack, orthanc)
    assert settled(orthanc, accepted(ask(orthanc, chest)))["state"] == "ready"
    assert httpx.get(f"{stack.portal}/login", trust_env=False).status_code == 200
    for log in logs:
        log.unlink()
    orthanc_log = stack.home / "logs" / "orthanc.log"
    until(lambda: orthanc_log.exists() and "lines that are missing here" in orthanc_log.read_text(), "the log to go on")
    assert stack.ready["pids"] == pids


def test_with_no_room_anywhere_care_goes_on_nothing_leaves_and_all_serve_again_afterwards(
    stack: Stack, orthanc: httpx.Client, chest: str
) -> None:
    pids = stack.ready["pids"]
    with no_room(stack.processes()):
        for _ in range(3):
            care_is_served(orthanc)
            refused = ask(orthanc, chest)
            assert (refused.status_code, PORTAL_FULL in refused.text) == (503, True)
            assert "Nothing was sent" in refused.text
            answer = orthanc.get(f"/consent/studies/{chest}")
            assert answer.status_code == 200, answer.text
            assert httpx.get(f"{stack.portal}/login", trust_env=False).status_code == 200
    assert settled(orthanc, accepted(ask(orthanc, chest)))["state"] == "ready"
    assert stack.ready["pids"] == pids


def test_an_export_asked_for_while_the_engines_disk_is_full_says_so(
    stack: Stack, orthanc: httpx.Client, chest: str
) -> None:
    with no_room(below(stack, "engine")):
        refused = ask(orthanc, chest)
    assert (refused.status_code, ENGINE_FULL in refused.text) == (503, True)


def test_a_job_that_meets_a_full_disk_says_so_and_what_to_do_and_one_that_had_not_begun_goes_on_afterwards(
    stack: Stack, orthanc: httpx.Client, chest: str
) -> None:
    engine = below(stack, "engine")
    for worker in engine[1:]:
        worker.send_signal(signal.SIGSTOP)
    jobs = [accepted(ask(orthanc, chest)) for _ in range(3)]
    until(lambda: any(orthanc.get(job).json()["state"] == "running" for job in jobs), "a job that has begun")
    with no_room(engine):
        for worker in engine[1:]:
            worker.send_signal(signal.SIGCONT)
        until(lambda: any(orthanc.get(job).json()["state"] == "failed" for job in jobs), "a job to meet it")
    states = [settled(orthanc, job) for job in jobs]
    assert {state["state"] for state in states} <= {"failed", "ready"}
    for state in states:
        for reason in state["reasons"]:
            assert "disk was full" in reason["text"]
            assert "then ask again" in reason["text"]
    assert settled(orthanc, accepted(ask(orthanc, chest)))["state"] == "ready"


@pytest.mark.parametrize("full", ["portal", "engine", "all"])
def test_a_package_that_cannot_be_recorded_is_not_handed_over_and_stays_to_be_fetched(
    stack: Stack, orthanc: httpx.Client, chest: str, full: str
) -> None:
    href = accepted(ask(orthanc, chest))
    assert settled(orthanc, href)["collectable"]
    releases = released(stack)
    with no_room(stack.processes() if full == "all" else below(stack, full)):
        refused = orthanc.get(f"{href}/package")
    assert refused.status_code == 503
    assert (ENGINE_FULL if full == "engine" else PORTAL_FULL if full == "portal" else "disk") in refused.text
    assert released(stack) == releases
    assert orthanc.get(href).json()["collectable"]
    assert orthanc.get(f"{href}/package").content.startswith(b"PK")
    assert orthanc.get(f"{href}/package").status_code == 410
    assert released(stack) == releases + 1


def released(stack: Stack) -> int:
    """Return how many releases of the chest CT the ledger holds."""
    history = stack.aoa("consent", "show", "--study", str(uid("chest-ct")), "--json").stdout
    return len(re.findall(r'"released"', history))


def test_a_part_that_starts_while_the_logs_are_full_starts(stack: Stack, orthanc: httpx.Client) -> None:
    log = stack.home / "logs" / "portal.log"
    log.unlink()
    log.symlink_to("/dev/full")
    before = stack.ready["pids"]["portal"]
    os.kill(before, signal.SIGKILL)
    until(lambda: stack.ready["pids"]["portal"] != before, "the portal to be started again")
    until(lambda: _answers(f"{stack.portal}/health/ready"), "the portal to answer")
    log.unlink()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
