"""The three programs that make up an installation, and how each is started."""

import sys
from dataclasses import dataclass
from pathlib import Path

from orthanc_plugin.stack.home import Home


@dataclass(frozen=True)
class Program:
    """One process that the supervisor keeps running.

    Attributes
    ----------
    name
        As in ready.json and in the log's name.
    command
        Program and arguments.
    priority
        Started in rising order, stopped in falling order.
    stop_seconds
        How long it may take to end by itself; Orthanc longest, because the gate in it first writes down the reads that
        the journal does not have yet.
    """

    name: str
    command: tuple[str, ...]
    priority: int
    stop_seconds: int


def programs(home: Home, orthanc: Path) -> tuple[Program, ...]:
    """Return the programs in the order of their start: who is asked starts before who asks.

    Parameters
    ----------
    home
        The installation.
    orthanc
        The Orthanc binary.
    """
    return (
        Program("portal", (sys.executable, "-m", "consent_portal"), 10, 60),
        Program("engine", (sys.executable, "-m", "orthanc_plugin.engine"), 20, 30),
        Program("orthanc", (str(orthanc), str(home.orthanc_configuration)), 30, 120),
    )
