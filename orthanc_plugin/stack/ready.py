"""ready.json: says that every part answers, and where; there only while that is so."""

import json
from dataclasses import dataclass, field

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
