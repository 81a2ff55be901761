"""Starts Orthanc's own jobs behind a route that the gate answers, and waits for them without holding the interpreter.

A route of the gate covers Orthanc's own, so asking over the loopback address would come back here. The native call
reaches what is underneath, but holds the interpreter lock: therefore it only ever *starts* a job, and the waiting is
done by HTTP.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from orthanc_plugin.gate.answers import Answer, json_answer, message
from orthanc_plugin.gate.loopback import Loopback, LoopbackError

_SHORTEST_PAUSE = 0.02
_LONGEST_PAUSE = 0.5


class JobError(Exception):
    """Orthanc's job did not succeed; the text is Orthanc's own description of the kind of fault."""


@dataclass(frozen=True)
class NativeJobs:
    """Orthanc's jobs for pushes and retrievals.

    Attributes
    ----------
    post
        `orthanc.RestApiPost`, which reaches the route under the gate's.
    refused
        What `post` raises (`orthanc.OrthancException`).
    loopback
        For asking how a job is getting on.
    """

    post: Callable[[str, str], bytes]
    refused: type[Exception]
    loopback: Loopback

    def run(self, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Run the job that ``POST path`` starts, and return its content as the native route would.

        Raises
        ------
        JobError
            Where Orthanc does not start it, or it fails.
        """
        return self.wait(self.start(path, content)["ID"])

    def wait(self, job: str) -> dict[str, Any]:
        """Wait for the job and return its content.

        Raises
        ------
        JobError
            Where it fails.
        """
        pause = _SHORTEST_PAUSE
        while True:
            state = self._state(job)
            if state["State"] == "Success":
                return dict(state["Content"])
            if state["State"] in ("Failure", "Paused"):
                raise JobError(str(state.get("ErrorDescription", "the job was stopped")))
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def start(self, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Start the job and return Orthanc's answer: its ``ID`` and ``Path``.

        Raises
        ------
        JobError
            Where Orthanc does not start it.
        """
        asked = {key: value for key, value in content.items() if key not in ("Synchronous", "Asynchronous")}
        try:
            return dict(json.loads(self.post(path, json.dumps({**asked, "Asynchronous": True}))))
        except self.refused as error:
            raise JobError("Orthanc does not start it; does it know the images and the destination?") from error

    def answer(self, path: str, content: Mapping[str, Any]) -> Answer:
        """Answer ``POST path`` as the native route would: at once where that was asked for, else with the outcome."""
        at_once = content.get("Asynchronous") is True or content.get("Synchronous") is False
        try:
            return json_answer(HTTPStatus.OK, (self.start if at_once else self.run)(path, content))
        except JobError as error:
            return message(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))

    def _state(self, job: str) -> dict[str, Any]:
        try:
            return dict(self.loopback.call("GET", f"/jobs/{job}"))
        except LoopbackError as error:
            raise JobError("Orthanc no longer tells how the job ended; look at the destination") from error
