"""Archives of several resources, asked for in a body: Orthanc makes them as a job, and the journal knows their content.

Orthanc streams a finished archive at ``/jobs/{id}/archive``; passing it through the gate would hold the interpreter
lock for as long as the slowest reader takes (docs/decisions/0010).
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from orthanc_plugin.gate.answers import Answer, fault, json_answer, message
from orthanc_plugin.gate.journal import ORTHANC_ID, Read
from orthanc_plugin.gate.native_jobs import JobError, NativeJobs
from orthanc_plugin.gate.pushes import NothingToSendError, store_body
from orthanc_plugin.gate.roles import Principal


@dataclass(frozen=True)
class Archives:
    """Answers ``POST /tools/create-archive`` and its siblings for whoever holds direct care.

    Attributes
    ----------
    note
        Notes in the journal what the archive holds.
    """

    jobs: NativeJobs
    note: Callable[[Read], None]

    def make(self, principal: Principal, uri: str, body: bytes) -> Answer:
        """Make the archive; whoever waits for it is led to its address when it is there (303)."""
        try:
            content = store_body(body)
        except NothingToSendError as error:
            return fault("Resources", str(error))
        for identifier in filter(ORTHANC_ID.match, content["Resources"]):
            self.note(Read(principal.user, principal.role.name, "archive of several", "", identifier))
        try:
            started = self.jobs.start(uri, content)
            if content.get("Asynchronous") is True or content.get("Synchronous") is False:
                return json_answer(HTTPStatus.OK, started)
            self.jobs.wait(started["ID"])
        except JobError as error:
            return message(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
        return json_answer(HTTPStatus.SEE_OTHER, started, Location=f"/jobs/{started['ID']}/archive")
