"""The configuration of supervisord, generated at every start (docs/decisions/0004)."""

import os
import pwd
import shlex
from collections.abc import Iterable
from pathlib import Path

from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.programs import Program

TIED = ("setpriv", "--pdeathsig", "TERM", "--")
"""Put before a command: the kernel ends it when its parent dies, however the parent died."""

_MINUTES_OF_RETRIES = 10_000  # supervisord waits one second longer each time, so this is "do not give up"


def render(home: Home, programs: Iterable[Program], socket: Path) -> str:
    """Return the configuration for `programs`.

    Each is started again when it ends, whatever its exit code, after a pause that grows by a second a failure; and each
    is tied to supervisord's life, so that nothing is left when supervisord is killed.

    Parameters
    ----------
    home
        Its ``logs`` and ``run`` folders exist.
    programs
        What to keep running.
    socket
        Where supervisord answers; only this user may connect.
    """
    return "\n".join([_head(home, socket), *(_section(home, program) for program in programs)])


def _head(home: Home, socket: Path) -> str:
    return f"""\
[unix_http_server]
file={_plain(socket)}
chmod=0700

[supervisord]
nodaemon=true
silent=true
umask=077
{_user()}logfile={_plain(home.log("supervisor"))}
logfile_maxbytes=5MB
logfile_backups=2
pidfile={_plain(home.run / "supervisord.pid")}
childlogdir={_plain(home.folder / "logs")}
directory={_plain(home.folder)}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""


def _user() -> str:
    """Name root where root runs it: without, supervisord warns at every start."""
    return f"user={pwd.getpwuid(0).pw_name}\n" if os.getuid() == 0 else ""


def _section(home: Home, program: Program) -> str:
    return f"""\
[program:{program.name}]
command={_plain(shlex.join([*TIED, *program.command]))}
priority={program.priority}
autostart=true
autorestart=true
startsecs=2
startretries={_MINUTES_OF_RETRIES}
stopsignal=TERM
stopwaitsecs={program.stop_seconds}
stopasgroup=false
killasgroup=true
redirect_stderr=true
stdout_logfile={_plain(home.log(program.name))}
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=4
"""


def _plain(value: object) -> str:
    """Write a value so that supervisord's ``%(name)s`` expansion leaves it alone."""
    return str(value).replace("%", "%%")
