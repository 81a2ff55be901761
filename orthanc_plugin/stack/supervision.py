"""supervisord as a child of `aoa up`: started, asked, and ended with everything below it."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import xmlrpc.client
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from supervisor.xmlrpc import SupervisorTransport

from orthanc_plugin.stack import supervisor_config, vault
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.programs import Program
from orthanc_plugin.stack.tools import environment, tail

_PATIENCE = 300  # seconds; more than the longest stop of all programs together
_LEFT_OVER = 60  # seconds for what is left to end politely when the supervisor was killed
_BEGINNING = 10  # seconds for supervisord to start the programs; a busy machine may need some
_TICK = 0.05  # seconds between two looks at a process that is ending


@dataclass(frozen=True)
class Part:
    """What supervisord knows of a program: state (``RUNNING``, ``BACKOFF`` ...) and process id, 0 when it has none."""

    name: str
    state: str
    pid: int


class Supervisor:
    """supervisord with its programs, as a context: leaving it ends all of them."""

    def __init__(self, home: Home, programs: Iterable[Program]) -> None:
        self._home = home
        self._programs = tuple(programs)
        self._process: subprocess.Popen[bytes] | None = None
        self._own_words = os.memfd_create("supervisor")  # in memory: the disk may be full
        self._family: set[psutil.Process] = set()
        self._socket_folder = home.run
        self.hurry = threading.Event()

    def __enter__(self) -> Self:
        """Start supervisord, which starts the programs."""
        if not self._home.short_enough_for_a_socket():
            self._socket_folder = Path(tempfile.mkdtemp(prefix="aoa-"))
        configuration = self._home.run / "supervisord.conf"
        vault.write(configuration, supervisor_config.render(self._home, self._programs, self._socket))
        tied = shutil.which(supervisor_config.TIED[0]) or supervisor_config.TIED[0]
        self._process = subprocess.Popen(
            [tied, *supervisor_config.TIED[1:], sys.executable, "-m", "supervisor.supervisord", "-c", configuration],
            env=environment(self._home),
            stdin=subprocess.DEVNULL,
            stdout=self._own_words,
            stderr=self._own_words,
            start_new_session=True,  # the terminal's Ctrl-C is ours to answer
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End supervisord and everything below it, in order; at once when `hurry` is set."""
        self._let_begin()
        if self._process is not None:
            self._end(self._process)
        self._sweep()
        for name in ("supervisord.conf", "supervisord.pid"):
            (self._home.run / name).unlink(missing_ok=True)
        self._socket.unlink(missing_ok=True)
        if self._socket_folder != self._home.run:
            shutil.rmtree(self._socket_folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        """Process id of supervisord; 0 before it is started."""
        return self._process.pid if self._process else 0

    def alive(self) -> bool:
        """Tell whether supervisord runs."""
        return self._process is not None and self._process.poll() is None

    def own_words(self) -> str:
        """Return the end of what supervisord itself said, for whoever has to be told why it ended."""
        return tail(Path(f"/proc/self/fd/{self._own_words}"))

    def look(self) -> dict[str, Part]:
        """Return what is known of each program by name; nothing while supervisord does not answer."""
        self._remember_family()
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        proxy = xmlrpc.client.ServerProxy("http://localhost", transport=transport)
        try:
            rows = proxy.supervisor.getAllProcessInfo()
        except (OSError, http.client.HTTPException, xmlrpc.client.Error):
            return {}
        finally:
            transport.close()
        names = {program.name for program in self._programs}
        return {part.name: part for part in _parts(rows) if part.name in names}

    @property
    def _socket(self) -> Path:
        return self._socket_folder / "supervisor.sock"

    def _remember_family(self) -> None:
        """Note every process below supervisord, so that it can be ended even if supervisord is killed."""
        if not self.alive():
            return
        try:
            self._family |= set(psutil.Process(self.pid).children(recursive=True))
        except psutil.NoSuchProcess:
            return
        self._family = {process for process in self._family if process.is_running()}

    def _let_begin(self) -> None:
        """Wait until each program runs its own command.

        supervisord tells a program once to end, and in a child that is still a copy of supervisord that word is lost:
        `aoa up` would then wait as long as the program may take to stop, which is two minutes for Orthanc.
        """
        waited = 0.0
        while not self._have_begun() and self.alive() and waited < _BEGINNING and not self.hurry.is_set():
            self.hurry.wait(_TICK)
            waited += _TICK

    def _have_begun(self) -> bool:
        parts = self.look()
        if len(parts) < len(self._programs) or any(part.state == "STOPPED" for part in parts.values()):
            return False
        self._remember_family()  # as it is after that answer: the programs may have been started meanwhile
        own = _command(psutil.Process(self.pid)) if self.alive() else None
        return not any(_command(process) == own for process in self._family)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        waited = 0.0
        while process.poll() is None and waited < _PATIENCE and not self.hurry.is_set():
            self._wake()
            self.hurry.wait(_TICK)
            waited += _TICK
        self._remember_family()
        process.kill()
        process.wait()

    def _wake(self) -> None:
        """Let supervisord see that a program has ended: by itself it looks once a second, and for each of them."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as knock:
            knock.setblocking(False)
            knock.connect(str(self._socket))

    def _sweep(self) -> None:
        """End what is left of the family, politely first."""
        if not self.hurry.is_set():
            for process in self._family:
                _signal(process.terminate)
            self._wait_for_family()
        for process in self._family:
            _signal(process.kill)
        self._wait_for_family()

    def _wait_for_family(self) -> None:
        """Wait until all have ended; one that its parent has not noticed yet (a zombie) has."""
        waited = 0.0
        while waited < _LEFT_OVER and any(map(_runs, self._family)):
            time.sleep(_TICK)
            waited += _TICK


def _signal(send: Callable[[], None]) -> None:
    try:
        send()
    except psutil.NoSuchProcess:
        return


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _parts(rows: object) -> Iterator[Part]:
    for row in rows if isinstance(rows, list) else ():
        yield Part(str(row["name"]), str(row["statename"]), int(row["pid"]))
