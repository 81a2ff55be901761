"""Sending to another system: originals where it is registered for direct care, else what the engine makes of them.

Covers ``POST /modalities/{name}/store`` and ``/peers/{name}/store`` for the registered destinations; the filter
refuses the rest. The body is read to know what is sent, for the journal or for the engine.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from orthanc_plugin.gate.answers import Answer, fault, json_answer
from orthanc_plugin.gate.engine_client import EngineClient
from orthanc_plugin.gate.export_routes import passed_on
from orthanc_plugin.gate.journal import Read
from orthanc_plugin.gate.loopback import Loopback
from orthanc_plugin.gate.native_jobs import NativeJobs
from orthanc_plugin.gate.roles import Principal
from orthanc_plugin.vocabulary import DIRECT_CARE

Resource = tuple[str, str]
_KINDS = {"modalities": "modality", "peers": "peer"}
_FOR_THE_ENGINE = ("reason", "attestations", "context")


class NothingToSendError(ValueError):
    """The body names nothing that could be sent."""


def store_body(body: bytes) -> dict[str, Any]:
    """Return the body of a store in its full form; Orthanc also takes an identifier or a list of them.

    Raises
    ------
    NothingToSendError
        Where it names no resource.
    """
    text = body.decode("utf-8", errors="replace").strip()
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = text
    if isinstance(content, str):
        content = content.split()
    if isinstance(content, list):
        content = {"Resources": content}
    resources = content.get("Resources") if isinstance(content, dict) else None
    if not isinstance(resources, list) or not resources or not all(isinstance(item, str) for item in resources):
        raise NothingToSendError('name what to send: {"Resources": ["<Orthanc identifier>"]}')
    return {**content, "Resources": resources}


@dataclass(frozen=True)
class Pushes:
    """Sends, by the purpose of the destination.

    Attributes
    ----------
    destinations
        Registered destinations with their purpose.
    note
        Notes in the journal what was sent for direct care.
    """

    destinations: Mapping[str, str]
    jobs: NativeJobs
    loopback: Loopback
    engine: EngineClient
    note: Callable[[Read], None]

    def store(self, principal: Principal, uri: str, body: bytes) -> Answer:
        """Answer a store to the destination that `uri` names."""
        _, collection, destination, _ = uri.split("/")
        try:
            content = store_body(body)
        except NothingToSendError as error:
            return fault("Resources", str(error))
        resources = self._levels(content["Resources"])
        if self.destinations[destination] != DIRECT_CARE:
            return self.secondary(principal, _KINDS[collection], destination, resources, content)
        self.noted(principal, "send", resources)
        return self.jobs.answer(uri, content)

    def secondary(
        self,
        principal: Principal,
        kind: str,
        destination: str,
        resources: list[Resource],
        content: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Ask the engine to decide, de-identify and send.

        Raises
        ------
        EngineUnavailableError
            When the engine does not answer; nothing is sent then.
        """
        asked = {
            "destination": destination,
            "kind": kind,
            "resources": [{"level": level, "orthanc_id": identifier} for level, identifier in resources],
            "purpose": self.destinations[destination],
            **{name: content[name] for name in _FOR_THE_ENGINE if content and name in content},
        }
        answer = passed_on(self.engine.ask("POST", "/pushes", principal=principal, content=asked))
        if answer.status != HTTPStatus.ACCEPTED:
            return answer
        job = str(json.loads(answer.body).get("job", ""))
        return json_answer(HTTPStatus.ACCEPTED, {"job": job, "href": f"/export/{job}"})

    def noted(self, principal: Principal, door: str, resources: list[Resource]) -> None:
        """Note `resources` as sent through `door`."""
        for level, identifier in resources:
            self.note(Read(principal.user, principal.role.name, door, level, identifier))

    def _levels(self, identifiers: list[str]) -> list[Resource]:
        """Return each of `identifiers` with its level; what Orthanc does not know is left for it to complain about."""
        return [(level, identifier) for identifier in identifiers if (level := self.loopback.level_of(identifier))]
