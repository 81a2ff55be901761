"""A real PostgreSQL of our own on loopback; `make setup` installs its programs."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.patience import PATIENCE, until
from tests.support.ports import free_port


def program(name: str) -> str | None:
    """Return the newest of Debian's or the path's programs of that name."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(debian[-1]) if debian else shutil.which(name)


def _owner() -> dict[str, str]:
    """PostgreSQL refuses to run as root; as root we run it as the user that Debian made for it."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    return {"user": "postgres" if "postgres" in names else "nobody"}


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a new server in a folder of its own, give its URL, and end it."""
    with tempfile.TemporaryDirectory(prefix="aoa-pg-", ignore_cleanup_errors=True) as folder:
        yield from _running(Path(folder))


def _running(folder: Path) -> Iterator[str]:
    owner, port, data = _owner(), free_port(), folder / "data"
    if owner:
        shutil.chown(folder, owner["user"])
    made = [program("initdb"), "-D", str(data), "-A", "trust", "-U", "aoa", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(made, check=True, capture_output=True, cwd="/", **owner)
    serve = [program("postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder), "-F"]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(serve, stdout=log, stderr=log, cwd="/", **owner)
    try:
        _wait(port)
        yield f"postgresql+psycopg://aoa@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait(port: int) -> None:
    ready = [program("pg_isready"), "-h", "127.0.0.1", "-p", str(port)]
    until(lambda: subprocess.run(ready, capture_output=True, check=False).returncode == 0, "PostgreSQL to start")
