"""Asking another system to send images: here, or to a system registered for direct care, and nowhere else.

The body of a retrieval may name a third system (TargetAet); its images would then pass neither this Orthanc nor this
gate.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from orthanc_plugin.gate.answers import Answer, message
from orthanc_plugin.gate.native_jobs import NativeJobs
from orthanc_plugin.vocabulary import DIRECT_CARE

_NOT_THERE = (
    "Images can be asked for to come here, or to go to a system that is registered for direct care. "
    "This target is neither. Whoever looks after Orthanc can register it under [gate] destinations."
)


@dataclass(frozen=True)
class Targets:
    """The other DICOM systems by AE title, as Orthanc's configuration and the registered destinations have them."""

    own_aet: str
    modalities: Mapping[str, str]
    destinations: Mapping[str, str]

    @classmethod
    def from_configuration(cls, configuration: Mapping[str, Any], destinations: Mapping[str, str]) -> "Targets":
        """Return the targets of Orthanc's `configuration`, as `orthanc.GetConfiguration()` gives it."""
        modalities = {name: str(row["AET"]) for name, row in configuration.get("DicomModalities", {}).items()}
        return cls(str(configuration.get("DicomAet", "ORTHANC")), modalities, destinations)

    def named(self, aet: str) -> str | None:
        """Return the one registered modality with the AE title, or None; two with one title are no one."""
        registered = {name: title for name, title in self.modalities.items() if name in self.destinations}
        names = [name for name, title in registered.items() if title == aet]
        return names[0] if len(names) == 1 else None

    def purpose(self, aet: str) -> str | None:
        """Return the registered purpose of the modality with the AE title, or None."""
        name = self.named(aet)
        return None if name is None else self.destinations[name]


@dataclass(frozen=True)
class Retrievals:
    """Answers ``retrieve`` of a query and of one of its answers, and ``/modalities/{name}/move``."""

    targets: Targets
    jobs: NativeJobs

    def retrieve(self, uri: str, body: bytes) -> Answer:
        """Let the retrieval go on where its target is allowed."""
        content = self._content(body)
        target = content.get("TargetAet", self.targets.own_aet)
        if target != self.targets.own_aet and self.targets.purpose(str(target)) != DIRECT_CARE:
            return message(HTTPStatus.FORBIDDEN, _NOT_THERE)
        return self.jobs.answer(uri, {**content, "TargetAet": target})

    def _content(self, body: bytes) -> dict[str, Any]:
        """Return the body in its full form; Orthanc also takes the AE title alone, or nothing."""
        text = body.decode("utf-8", errors="replace").strip()
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            content = text
        if isinstance(content, dict):
            return content
        return {"TargetAet": content} if content else {}
