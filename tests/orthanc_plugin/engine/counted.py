"""A workflow that writes where a job stands in three steps, and dies in the second the first time; run as a process."""

import os
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

from dbos import DBOS, DBOSConfiguredInstance, SetWorkflowID

from orthanc_plugin.engine.jobs import durable
from orthanc_plugin.engine.jobs.noting import Noting
from tests.orthanc_plugin.engine.conftest import JOB
from tests.support.cases import jobs_in


@DBOS.dbos_class("Counted")
class Counted(DBOSConfiguredInstance):
    """Counts its steps in the state of a job."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.jobs = folder, jobs_in(folder, database_url=database)
        self.noting = Noting.on(database, self.jobs.states)
        super().__init__("counted")

    @DBOS.workflow(name="count three")
    def run(self) -> None:
        """Take three steps."""
        for number in (1, 2, 3):
            self.noting.step(f"step {number}", self._count, number)

    def _count(self, number: int) -> None:
        state = self.jobs.state(JOB) or {}
        self.jobs.update(JOB, round=state["round"] + 1)
        (self.folder / f"began-{number}-{os.getpid()}").touch()
        if number == 2 and len(list(self.folder.glob("began-2-*"))) == 1:
            os.kill(os.getpid(), signal.SIGKILL)


def main(folder: str, database: str) -> None:
    """Begin the workflow or go on with it, and wait for its end."""
    durable.configure(SimpleNamespace(database_url=database, executor_id="engine-1"))  # type: ignore[arg-type]  # all it needs
    counted = Counted(Path(folder), database)
    DBOS.launch()
    with SetWorkflowID("three"):
        DBOS.start_workflow(counted.run).get_result()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
