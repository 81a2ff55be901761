"""A home of the benchmark's own: settings, secrets and accounts, and the portal served as `aoa up` serves it."""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from consent_portal.bench.postgres import free_port

_SECRETS = ("portal-secret-key", "portal-password-salt", "portal-token", "aoa-portal")


@dataclass(frozen=True)
class Home:
    """Settings, secrets and the ledger, in one folder."""

    folder: Path
    archive_url: str
    port: int
    count: int
    """People who are signed in at once."""

    @classmethod
    def make(cls, folder: Path, archive_url: str, count: int) -> "Home":
        """Write the files, and bring the ledger to its shape by the commands that an operator uses."""
        home = cls(folder, archive_url, free_port(), count)
        (folder / "secrets").mkdir(parents=True)
        for name in _SECRETS:
            (folder / "secrets" / name).write_text(secrets.token_hex(32), encoding="utf-8")
        people = {user: {"password": home.password, "role": "clinician"} for user in home.users}
        home.users_file.write_text(json.dumps(people), encoding="utf-8")
        home.settings_file.write_text(home._toml(), encoding="utf-8")
        home.run("migrate")
        return home

    @property
    def users(self) -> list[str]:
        """Return who may sign in."""
        return [f"clinician-{number}" for number in range(self.count)]

    @property
    def password(self) -> str:
        """Return everybody's password, drawn for this home."""
        return (self.folder / "secrets" / "portal-token").read_text(encoding="utf-8")[:20]

    @property
    def settings_file(self) -> Path:
        """Return where the settings are."""
        return self.folder / "aoa.toml"

    @property
    def users_file(self) -> Path:
        """Return where the list of accounts is."""
        return self.folder / "secrets" / "users.json"

    @property
    def url(self) -> str:
        """Return where the portal listens."""
        return f"http://127.0.0.1:{self.port}"

    def _toml(self) -> str:
        return f"""[portal]
port = {self.port}
public_url = "{self.url}"
database_url = "sqlite:///portal/portal.sqlite"
secret_key_file = "secrets/portal-secret-key"
password_salt_file = "secrets/portal-password-salt"
engine_token_file = "secrets/portal-token"
orthanc_url = "{self.archive_url}"
orthanc_public_url = "{self.archive_url}"
orthanc_user = "aoa-portal"
orthanc_password_file = "secrets/aoa-portal"
"""

    def command(self, *arguments: str) -> list[str]:
        """Return a command of the portal."""
        return [sys.executable, "-m", "consent_portal", *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of the portal's processes."""
        return {**os.environ, "AOA_SETTINGS": str(self.settings_file)}

    def run(self, *arguments: str) -> None:
        """Run a command of the portal to its end."""
        subprocess.run(self.command(*arguments), env=self.environment, check=True, capture_output=True)

    def add_people(self) -> None:
        """Open the accounts."""
        self.run("users", "--file", str(self.users_file))


@dataclass(frozen=True)
class Served:
    """A portal that is served.

    Attributes
    ----------
    seconds : float
        From its start until it was ready.
    """

    process: psutil.Process
    seconds: float

    @property
    def megabytes(self) -> float:
        """Return the memory that it has now."""
        return float(self.process.memory_info().rss) / 1e6

    @property
    def computed(self) -> float:
        """Return the seconds that it has computed so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def served(home: Home) -> Iterator[Served]:
    """Serve the home's portal as a process of its own, and end it."""
    start = time.perf_counter()
    with (home.folder / "portal.log").open("ab") as log:
        process = subprocess.Popen(home.command(), env=home.environment, stdout=log, stderr=log)
    try:
        while not _is_ready(home.url):
            if process.poll() is not None:
                raise RuntimeError("The portal ended before it was ready.")
            time.sleep(0.02)
        yield Served(psutil.Process(process.pid), time.perf_counter() - start)
    finally:
        process.terminate()
        process.wait()


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", trust_env=False, timeout=60).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
