"""The real thing for tests: `aoa up` in a folder of its own, on free loopback ports.

Ask for the fixture `stack` to share one demonstration with all other tests; it is started once and costs about half a
minute. A test that stops or kills parts, or changes settings, makes its own with `new_stack`.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from orthanc_plugin.stack.samples.model import uid
from tests.support.patience import PATIENCE, until
from tests.support.ports import free_port

CANARY = "Zwiebelhaupt"
"""Family name of every patient of a test's demonstration; it must turn up nowhere outside."""

_SITE = {"AOA_ENGINE_POLL_SECONDS": "1"}
"""What the tests' site sets: what waits for the portal is tried again after a second rather than five."""

AOA = Path(sys.executable).with_name("aoa")


class Stack:
    """A running `aoa up`."""

    def __init__(self, home: Path, *, demo: bool, ports: tuple[int, int, int] | None = None) -> None:
        self.home = home
        self.output_file = home.with_name(f"{home.name}.output")
        self.orthanc_port, self.dicom_port, self.portal_port = ports or (free_port(), free_port(), free_port())
        self.command = [
            str(AOA), "up", "--home", str(home), *(["--demo"] if demo else []),
            "--orthanc-port", str(self.orthanc_port), "--dicom-port", str(self.dicom_port),
            "--portal-port", str(self.portal_port),
        ]  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Stack":
        """Start it, without waiting."""
        environment = {**os.environ, **_SITE, "AOA_STACK_DEMO_FAMILY": CANARY, "COLUMNS": "200"}
        with self.output_file.open("ab") as output:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
            )
        return self

    def wait_until_ready(self) -> "Stack":
        """Wait for ready.json; fail with everything that was said when it ends instead."""
        until(lambda: self.ready_file.exists() or self.ended(), f"{self.ready_file} to appear")
        if self.ended():
            pytest.fail(
                f"`aoa up` ended with {self.process and self.process.returncode}:\n{self.output()}\n{self.logs()}"
            )
        return self

    def ended(self) -> bool:
        """Tell whether `aoa up` has ended."""
        return self.process is None or self.process.poll() is not None

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal, wait for the end and return the exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    @property
    def ready_file(self) -> Path:
        """Where ready.json is."""
        return self.home / "ready.json"

    @property
    def ready(self) -> dict[str, Any]:
        """What ready.json says now."""
        return dict(json.loads(self.ready_file.read_text(encoding="utf-8")))

    @property
    def orthanc(self) -> str:
        """Orthanc's address."""
        return f"http://127.0.0.1:{self.orthanc_port}"

    @property
    def portal(self) -> str:
        """The portal's address."""
        return f"http://127.0.0.1:{self.portal_port}"

    def login(self, role: str) -> tuple[str, str]:
        """Return user and password of a role."""
        row = self.ready["logins"][role]
        return row["user"], row["password"]

    def client(self, role: str) -> httpx.Client:
        """Return a client that talks to Orthanc as a role."""
        return httpx.Client(base_url=self.orthanc, auth=self.login(role), timeout=PATIENCE, trust_env=False)

    def study_uid(self, sample: str) -> str:
        """Return the Study Instance UID of a sample study by its key."""
        return str(uid(sample))

    def study_id(self, sample: str) -> str:
        """Return Orthanc's id of a sample study by its key."""
        with self.client("clinician") as orthanc:
            found = orthanc.post("/tools/lookup", content=self.study_uid(sample)).raise_for_status().json()
        return str(next(row["ID"] for row in found if row["Type"] == "Study"))

    def aoa(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `aoa` with this home's `--home`, and return how it ended."""
        command = [str(AOA), *arguments, "--home", str(self.home)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)

    def processes(self) -> list[psutil.Process]:
        """Return every process of this installation: `aoa up` and all below it."""
        if self.process is None or self.process.poll() is not None:
            return []
        mother = psutil.Process(self.process.pid)
        return [mother, *mother.children(recursive=True)]

    def output(self) -> str:
        """Return what `aoa up` said so far."""
        return self.output_file.read_text(encoding="utf-8", errors="replace") if self.output_file.exists() else ""

    def logs(self) -> str:
        """Return all logs."""
        files = sorted((self.home / "logs").glob("*"))
        return "\n".join(f"--- {file.name}\n{file.read_text(encoding='utf-8', errors='replace')}" for file in files)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One demonstration for all tests that only use it."""
    running = Stack(tmp_path_factory.mktemp("stack") / "home", demo=True).start()
    try:
        yield running.wait_until_ready()
    finally:
        running.stop()


@pytest.fixture
def new_stack(tmp_path: Path) -> Iterator[Callable[..., Stack]]:
    """Make installations that a test may stop and break; all of them are stopped at the end."""
    made: list[Stack] = []

    def make(name: str = "home", *, demo: bool = False, ports: tuple[int, int, int] | None = None) -> Stack:
        made.append(Stack(tmp_path / name, demo=demo, ports=ports))
        return made[-1]

    yield make
    for each in made:
        each.stop()
