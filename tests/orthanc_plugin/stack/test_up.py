"""`aoa up` itself: what it starts, what it leaves, and what it says when it cannot."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import pytest

from orthanc_plugin.stack.ready import is_current
from tests.support.patience import PATIENCE, until
from tests.support.stack import CANARY, Stack

PARTS = {"supervisor", "orthanc", "engine", "portal"}
NewStack = Callable[..., Stack]


def mentions(home: Path) -> list[psutil.Process]:
    """Return every process that has the home in its command line or environment."""
    found = []
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), process.environ().get("AOA_SETTINGS", "")]
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if any(str(home) in word for word in words):
            found.append(process)
    return found


def assert_nothing_is_left(stack: Stack) -> None:
    until(lambda: mentions(stack.home) == [], "every process to be gone")
    assert not stack.ready_file.exists()
    assert [path.name for path in (stack.home / "run").iterdir()] in ([], ["lock"])
    for port in (stack.orthanc_port, stack.dicom_port, stack.portal_port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))


def test_ready_tells_the_addresses_and_each_part_answers_there(stack: Stack) -> None:
    ready = stack.ready
    assert set(ready) == {"orthanc", "portal", "dicom", "pids", "logins", "writer"}
    assert is_current(ready)
    assert ready["dicom"] == {"aet": "ANONASK", "port": stack.dicom_port}
    assert set(ready["pids"]) == PARTS
    assert httpx.get(f"{ready['portal']}/health/ready", trust_env=False, timeout=PATIENCE).status_code == 200
    assert httpx.get(f"{ready['orthanc']}/system", trust_env=False, timeout=PATIENCE).status_code == 403
    assert (
        httpx.get(
            f"{ready['orthanc']}/system", auth=stack.login("clinician"), trust_env=False, timeout=PATIENCE
        ).status_code
        == 200
    )
    assert stack.ready_file.stat().st_mode & 0o777 == 0o600


def test_every_process_that_ready_names_runs_what_it_says(stack: Stack) -> None:
    commands = {part: " ".join(psutil.Process(pid).cmdline()) for part, pid in stack.ready["pids"].items()}
    assert "supervisord" in commands["supervisor"]
    assert "Orthanc" in commands["orthanc"]
    assert "orthanc_plugin.engine" in commands["engine"]
    assert "consent_portal" in commands["portal"]


def test_the_sample_studies_are_in_orthanc(stack: Stack) -> None:
    with stack.client("clinician") as orthanc:
        found = orthanc.get("/studies?expand").raise_for_status().json()
    assert {row["MainDicomTags"]["StudyInstanceUID"] for row in found} >= {
        stack.study_uid(key)
        for key in ("chest-ct", "head-ct", "forearm-photograph", "abdomen-ultrasound", "abdomen-ct")
    }
    assert all(row["PatientMainDicomTags"]["PatientName"].startswith(CANARY) for row in found)


@pytest.mark.parametrize(
    ("study", "levels"),
    [
        ("chest-ct", {"record": "not asked", "teaching": "not asked", "print": "not asked", "internet": "not asked"}),
        (
            "forearm-photograph",
            {"record": "accepted", "teaching": "accepted", "print": "declined", "internet": "not chosen"},
        ),
        ("head-ct", {"record": "accepted", "teaching": "accepted", "print": "accepted", "internet": "accepted"}),
        ("abdomen-ultrasound", {"teaching": "withdrawn", "print": "withdrawn", "internet": "withdrawn"}),
    ],
)
def test_the_patients_consents_are_in_the_ledger(stack: Stack, study: str, levels: dict[str, str]) -> None:
    with stack.client("clinician") as orthanc:
        summary = orthanc.get(f"/consent/studies/{stack.study_id(study)}").raise_for_status().json()
    assert levels.items() <= summary["levels"].items()


def test_no_patients_name_and_no_password_is_in_a_log_or_on_the_screen(stack: Stack) -> None:
    logs = stack.logs()
    passwords = [row["password"] for row in stack.ready["logins"].values()]
    assert CANARY not in logs + stack.output()
    assert not [password for password in passwords if password in logs]


def test_it_listens_on_the_loopback_address_only(stack: Stack) -> None:
    listening = [
        connection.laddr
        for process in stack.processes()
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert {address.port for address in listening} >= {stack.orthanc_port, stack.portal_port}
    elsewhere = {address.port for address in listening if address.ip not in ("127.0.0.1", "::1")}
    assert elsewhere <= {stack.orthanc_port, stack.dicom_port}, (
        "Orthanc 1.10.1 binds every address; it refuses the rest"
    )


def test_a_second_start_on_the_same_home_is_refused_and_disturbs_nothing(stack: Stack) -> None:
    before = stack.ready
    second = subprocess.run(stack.command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert second.returncode == 1
    assert "already runs on" in second.stderr
    assert stack.ready == before


def test_stopping_in_the_middle_of_a_start_leaves_nothing(new_stack: NewStack) -> None:
    stack = new_stack().start()
    until((stack.home / "run" / "supervisord.pid").exists, "the supervisor")
    assert stack.stop() == 1
    assert "Stopped before everything answered" in stack.output()
    assert_nothing_is_left(stack)


def test_a_killed_aoa_up_takes_every_part_with_it(new_stack: NewStack) -> None:
    stack = new_stack().start().wait_until_ready()
    assert stack.stop(signal.SIGKILL) == -signal.SIGKILL
    until(lambda: mentions(stack.home) == [], "every part to end")
    assert not is_current(stack.ready), "whoever reads it can tell that nobody is there"
    asked = stack.aoa("export", "--study", "1.2.3", "--purpose", "teaching", "--recipient", "self", "--format", "png",
                      "--out", str(stack.home / "out"))  # fmt: skip
    assert asked.returncode == 1
    assert "nothing runs in" in asked.stdout + asked.stderr
    assert not stack.ready_file.exists()


def test_ready_follows_the_parts_that_are_started_again_and_a_killed_supervisor_takes_all_with_it(
    new_stack: NewStack,
) -> None:
    stack = new_stack().start().wait_until_ready()
    before = stack.ready["pids"]
    for part in ("engine", "portal", "orthanc"):
        os.kill(before[part], signal.SIGKILL)
    until(
        lambda: all(stack.ready["pids"][part] != before[part] for part in ("engine", "portal", "orthanc")), "new ones"
    )
    until(lambda: answers(f"{stack.portal}/health/ready"), "the portal to answer again")
    assert stack.ready["pids"]["supervisor"] == before["supervisor"]
    os.kill(before["supervisor"], signal.SIGKILL)
    until(stack.ended, "aoa up to notice")
    assert stack.stop() == 1
    assert "The supervisor ended by itself" in stack.output()
    assert_nothing_is_left(stack)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=PATIENCE).status_code == 200
    except httpx.TransportError:
        return False


def test_a_stop_leaves_nothing_a_restart_keeps_what_the_home_has_and_being_told_twice_ends_it_at_once(
    new_stack: NewStack,
) -> None:
    stack = new_stack().start().wait_until_ready()
    assert "logins" not in stack.ready
    secrets = {path.name: path.read_text() for path in (stack.home / "secrets").iterdir()}
    assert stack.stop(signal.SIGTERM) == 0
    assert_nothing_is_left(stack)
    assert "Stopped." in stack.output()
    settings = stack.home / "aoa.toml"
    settings.write_text(settings.read_text().replace('name = "Sample Hospital"', 'name = "Portinure General"'))
    stack.command = stack.command[:4]  # no ports: what the home says
    stack.start().wait_until_ready()
    assert {path.name: path.read_text() for path in (stack.home / "secrets").iterdir()} == secrets
    assert stack.ready["orthanc"] == stack.orthanc
    assert "Portinure General" in settings.read_text()
    stops_at_once_when_told_twice(stack)


def stops_at_once_when_told_twice(stack: Stack) -> None:
    assert stack.process is not None
    os.kill(stack.ready["pids"]["engine"], signal.SIGSTOP)  # it will not answer SIGTERM
    told = stack.output().count("Stopping")
    stack.process.send_signal(signal.SIGINT)
    until(lambda: stack.output().count("Stopping") > told, "the first Ctrl-C to be taken")
    stack.stop()
    assert_nothing_is_left(stack)


def test_ports_in_use_are_all_named_and_nothing_is_started(new_stack: NewStack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        ports = one.getsockname()[1], two.getsockname()[1]
        with socket.create_server(("127.0.0.1", 0)) as third:
            free = third.getsockname()[1]
        stack = new_stack(ports=(ports[0], free, ports[1])).start()
        until(stack.ended, "the refusal")
    assert stack.stop() == 1
    told = stack.output()
    assert re.search(rf"Port {ports[0]} .*--orthanc-port.* is in use", told)
    assert re.search(rf"Port {ports[1]} .*--portal-port.* is in use", told)
    assert f"Port {free} " not in told
    assert not (stack.home / "logs" / "orthanc.log").exists()


def test_a_setting_with_a_fault_is_named_before_anything_starts(new_stack: NewStack) -> None:
    stack = new_stack()
    made = stack.aoa("stack", "prepare")
    assert made.returncode == 0, made.stderr
    settings = stack.home / "aoa.toml"
    settings.write_text(settings.read_text().replace("package_hours = 24", "package_hours = -1"))
    stack.start()
    until(stack.ended, "the refusal")
    assert stack.stop() == 1
    assert "[engine] package_hours" in stack.output()
    assert not list((stack.home / "logs").iterdir())


def test_a_part_that_cannot_start_is_named_with_the_end_of_its_log(new_stack: NewStack) -> None:
    stack = new_stack()
    made = stack.aoa("stack", "prepare")
    assert made.returncode == 0, made.stderr
    (stack.home / "engine" / "engine.sqlite").write_text("This is no database, whatever its name says.\n" * 99)
    stack.start()
    until(stack.ended, "the refusal")
    assert stack.stop() == 1
    assert "The engine ends by itself as soon as it is started" in stack.output()
    assert "database" in stack.output()
    assert_nothing_is_left(stack)
