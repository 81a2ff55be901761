"""The configuration of supervisord, generated at every start (docs/decisions/0004)."""

import os
import pwd
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path

from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.programs import Program

TIED = ("setpriv", "--pdeathsig", "TERM", "--")
"""Put before a command: the kernel ends it when its parent dies, however the parent died."""

LOG_KEEPER = "log-keeper"
"""The event listener that writes all logs; no part, and whatever becomes of it ends none (docs/decisions/0133)."""

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
    return "\n".join([_head(home, socket), _log_keeper(home), *(_section(program) for program in programs)])


def _head(home: Home, socket: Path) -> str:
    return f"""\
[unix_http_server]
file={_plain(socket)}
chmod=0700

[supervisord]
nodaemon=true
silent=true
umask=077
{_user()}logfile=/dev/null
logfile_maxbytes=0
pidfile={_plain(home.run / "supervisord.pid")}
directory={_plain(home.folder)}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""


def _user() -> str:
    """Name root where root runs it: without, supervisord warns at every start."""
    return f"user={pwd.getpwuid(0).pw_name}\n" if os.getuid() == 0 else ""


def _log_keeper(home: Home) -> str:
    """Return the section of the log keeper: what it does not take in time is dropped, and nobody waits for it."""
    command = (*TIED, sys.executable, "-m", "orthanc_plugin.stack.logkeeping", str(home.folder / "logs"))
    return f"""\
[eventlistener:{LOG_KEEPER}]
command={_plain(shlex.join(command))}
events=PROCESS_LOG,PROCESS_STATE,SUPERVISOR_STATE_CHANGE,TICK_5
buffer_size=200
autostart=true
autorestart=true
startretries={_MINUTES_OF_RETRIES}
stdout_logfile=NONE
stderr_logfile=NONE
"""


def _section(program: Program) -> str:
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
stdout_logfile=NONE
stdout_events_enabled=true
"""


def _plain(value: object) -> str:
    """Write a value so that supervisord's ``%(name)s`` expansion leaves it alone."""
    return str(value).replace("%", "%%")
