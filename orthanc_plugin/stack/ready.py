"""ready.json: says that every part answers, and where; there only while that is so.

An `aoa up` that is killed by signal 9 leaves it behind. So it names its writer, by process id and start: whoever reads
it can tell whether that process still runs, and what is stale is removed by the next command that meets it.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orthanc_plugin.stack import vault
from orthanc_plugin.stack.home import Home


@dataclass
class Ready:
    """What ready.json tells. Its shape is fixed outside: scripts read it."""

    orthanc: str
    portal: str
    dicom_aet: str
    dicom_port: int
    pids: dict[str, int] = field(default_factory=dict)
    logins: dict[str, dict[str, str]] | None = None

    def write(self, home: Home) -> None:
        """Write the file in one move, readable by the owner only."""
        told: dict[str, object] = {
            "orthanc": self.orthanc,
            "portal": self.portal,
            "dicom": {"aet": self.dicom_aet, "port": self.dicom_port},
            "pids": self.pids,
            "writer": {"pid": os.getpid(), "started": started(os.getpid())},
        }
        if self.logins is not None:
            told["logins"] = self.logins
        vault.write(home.ready, json.dumps(told, indent=2) + "\n")

    def follow(self, home: Home, pids: dict[str, int]) -> bool:
        """Take over the process ids of parts that were started again; tell whether there were any.

        A part that has none at this moment keeps the last one: it is about to be started again.

        Raises
        ------
        OSError
            Where the file cannot be written; then the next call tries again.
        """
        current = {**self.pids, **{name: pid for name, pid in pids.items() if pid}}
        if current == self.pids:
            return False
        before, self.pids = self.pids, current
        try:
            self.write(home)
        except OSError:
            self.pids = before
            raise
        return True


def started(pid: int) -> int | None:
    """Return when a process was started, in clock ticks since the machine was; None for none (field 22 of its stat).

    No clock that is put right or wrong meanwhile changes that.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[19])


def is_current(told: Mapping[str, Any]) -> bool:
    """Tell whether the `aoa up` that wrote a ready.json still runs."""
    writer = told.get("writer")
    if not isinstance(writer, Mapping):
        return True  # written before this version, so nothing is known of it
    return writer.get("started") is not None and started(int(writer.get("pid", 0))) == writer["started"]


def remove_stale(file: Path) -> None:
    """Remove a ready.json whose writer is gone."""
    with suppress(OSError, ValueError):
        if not is_current(json.loads(file.read_text(encoding="utf-8"))):
            file.unlink()
