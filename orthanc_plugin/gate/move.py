"""C-MOVE: another system asks Orthanc to send. The gate takes it over entirely and decides by the target's purpose.

A target for direct care gets the originals, one with a secondary purpose what the engine makes of them, any other
nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from orthanc_plugin.gate.loopback import Loopback
from orthanc_plugin.gate.pushes import Pushes, Resource
from orthanc_plugin.gate.retrieve import Targets
from orthanc_plugin.gate.roles import Principal, Role
from orthanc_plugin.vocabulary import DIRECT_CARE

# A system is no person: the portal sees that nobody answers for the request.
_DICOM = Role("dicom", "Another DICOM system", direct_care=False, service=True, uses=frozenset())
# PS3.4 table C.6: the key that names the resources of each level, deepest first.
_KEYS = (
    ("instance", "IMAGE", "SOPInstanceUID"),
    ("series", "SERIES", "SeriesInstanceUID"),
    ("study", "STUDY", "StudyInstanceUID"),
    ("study", "STUDY", "AccessionNumber"),
    ("patient", "PATIENT", "PatientID"),
)
_LEVELS = {"0": "PATIENT", "1": "STUDY", "2": "SERIES", "3": "IMAGE", "INSTANCE": "IMAGE"}


class MoveRefusedError(Exception):
    """The move is refused; the text holds no identifier, because Orthanc logs it."""


@dataclass(frozen=True)
class Moves:
    """Answers `orthanc.RegisterMoveCallback`."""

    targets: Targets
    pushes: Pushes
    loopback: Loopback

    def move(self, request: Mapping[str, str]) -> None:
        """Carry out a C-MOVE.

        Parameters
        ----------
        request
            ``Level``, the keys of PS3.4 C.6, ``TargetAET`` and ``OriginatorAET``, as the plugin names them.

        Raises
        ------
        MoveRefusedError
            Where the target is not registered, the asker may not, or nothing is found: the asker gets a failure.
        JobError, EngineUnavailableError
            Where sending fails; the asker gets a failure.
        """
        destination = self.targets.named(request.get("TargetAET", ""))
        if destination is None:
            raise MoveRefusedError("the target of a C-MOVE is not registered under [gate] destinations")
        self._may_ask(request, self.targets.destinations[destination])
        resources = self.resources(request)
        if not resources:
            raise MoveRefusedError("a C-MOVE named nothing that is stored here")
        principal = Principal(f"aet:{request.get('OriginatorAET', '')}", _DICOM)
        if self.targets.destinations[destination] == DIRECT_CARE:
            self._originals(principal, destination, resources, request)
        else:
            self._secondary(principal, destination, resources)

    def _may_ask(self, request: Mapping[str, str], purpose: str) -> None:
        """Refuse a system that asks for more than its own purpose."""
        asker = self.targets.purpose(request.get("OriginatorAET", ""))
        if asker not in (DIRECT_CARE, purpose):
            raise MoveRefusedError("a C-MOVE was asked for by a system that is not registered for its target's purpose")

    def resources(self, request: Mapping[str, str]) -> list[Resource]:
        """Return what a C-MOVE names: every value of the key of its level, as far as it is stored here."""
        wanted = str(request.get("Level", "")).upper()
        wanted = _LEVELS.get(wanted, wanted)
        found = [
            resource
            for level, name, key in _KEYS
            if wanted in ("", name)
            for resource in self._by(level, key, request.get(key))
        ]
        if wanted:
            return list(dict.fromkeys(found))
        deepest = found[0][0] if found else ""
        return list(dict.fromkeys(resource for resource in found if resource[0] == deepest))

    def _by(self, level: str, key: str, values: str | None) -> Iterator[Resource]:
        for value in (values or "").split("\\"):
            look_up = self.loopback.with_accession_number if key == "AccessionNumber" else self.loopback.found
            if value.strip():
                yield from (found for found in look_up(value.strip()) if found[0] == level)

    def _originals(
        self, principal: Principal, destination: str, resources: list[Resource], request: Mapping[str, str]
    ) -> None:
        self.pushes.noted(principal, "C-MOVE", resources)
        content = {
            "Resources": [identifier for _, identifier in resources],
            "MoveOriginatorAet": request.get("OriginatorAET", ""),
            "MoveOriginatorID": int(request.get("OriginatorID", 0) or 0),
        }
        self.pushes.jobs.run(f"/modalities/{destination}/store", content)

    def _secondary(self, principal: Principal, destination: str, resources: list[Resource]) -> None:
        answer = self.pushes.secondary(principal, "modality", destination, resources)
        if answer.status != HTTPStatus.ACCEPTED:
            raise MoveRefusedError(f"the engine did not accept a C-MOVE for a secondary purpose ({int(answer.status)})")
