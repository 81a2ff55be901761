"""Runs the engine.

It stops as it would crash: a durable job needs no farewell, so SIGTERM and SIGINT end the process at once and the next
start goes on. That leaves one way to stop, which is tested all the time (docs/decisions/0022).
"""

import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from dbos import error as dbos_error
from sqlalchemy.exc import SQLAlchemyError
from waitress.server import create_server  # type: ignore[import-untyped]  # publishes no types

from orthanc_plugin.engine.api.app import create_app
from orthanc_plugin.engine.errors import AwayError, NoSpaceError, SettingsError
from orthanc_plugin.engine.export import stranded
from orthanc_plugin.engine.export.order import workflows_of
from orthanc_plugin.engine.jobs import durable
from orthanc_plugin.engine.logs import configure, log
from orthanc_plugin.engine.parts import Parts, assemble
from orthanc_plugin.engine.settings import EngineSettings, Settings, load

_THREADS = 16  # of which pictures take four at a time
_IN_MEMORY = {"inbuf_overflow": 8 << 20, "outbuf_high_watermark": 8 << 20, "outbuf_overflow": 64 << 20}
"""Bytes: a package waits for whoever takes it, in memory and not in waitress's temporary files (R76; a full disk)."""


def main() -> None:
    """Start the engine and serve until a signal comes; exit code 1 when it cannot start."""
    configure()
    try:
        settings = load()
        listening = _listen(settings.engine)
    except SettingsError as error:
        _give_up(str(error))
    _serve(settings, listening)


def _give_up(message: str) -> NoReturn:
    sys.stderr.write(f"The engine cannot start:\n{message}\n")
    sys.stderr.flush()
    os._exit(1)


def _listen(engine: EngineSettings) -> socket.socket:
    """Take the port before anything else is begun."""
    family = socket.AF_INET6 if ":" in engine.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((engine.host, engine.port))
    except OSError as error:
        listening.close()
        told = f"[engine] port: {engine.host}:{engine.port} cannot be used ({error.strerror})"
        raise SettingsError(f"{told}; stop what uses it, or choose another port") from None
    return listening


def _serve(settings: Settings, listening: socket.socket) -> None:
    engine = settings.engine
    parts = _assembled(settings)
    swept = parts.jobs.sweep()
    _own_temporary_folder(settings)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    _launch(engine)
    stranded.close(parts.jobs, parts.export.endings, lambda job: durable.is_worked_on(*workflows_of(job)))
    parts.journal.resume()
    parts.export.resume()
    parts.calling_back.start(parts.export.look, parts.showing.kept.forget_idle)
    server: Any = create_server(
        create_app(parts),
        sockets=[listening],
        threads=_THREADS,
        ident=None,
        clear_untrusted_proxy_headers=True,
        **_IN_MEMORY,
    )
    log().info("ready", port=engine.port, executor_id=engine.executor_id, workers=engine.workers, count=swept)
    server.run()


def _assembled(settings: Settings) -> Parts:
    with _database():
        durable.configure(settings.engine)
        return assemble(settings)


def _launch(engine: EngineSettings) -> None:
    with _database():
        durable.launch(engine)


@contextmanager
def _database() -> Iterator[None]:
    """Say what is wrong when the database cannot be opened, and end."""
    try:
        yield
    except (SQLAlchemyError, dbos_error.DBOSException, ModuleNotFoundError, AwayError, NoSpaceError) as error:
        told = f"[engine] database_url: the database cannot be opened ({type(error).__name__})"
        _give_up(f"{told}; is it there, is its name right, and may the engine write to it?")


def _own_temporary_folder(settings: Settings) -> None:
    """Let libraries put their temporary files where the sweep finds them (R76)."""
    folder = settings.engine.work_dir / "tmp"
    folder.mkdir(mode=0o700, exist_ok=True)
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)


def _stop(number: int, _frame: object) -> NoReturn:
    """End now. The workers see their parent go and end too."""
    log().info("stopping", signal=signal.Signals(number).name)
    os._exit(0)
