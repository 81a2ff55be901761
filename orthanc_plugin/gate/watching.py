"""From a request that passed to what the journal notes of it."""

from collections.abc import Callable, Mapping
from urllib.parse import unquote

from orthanc_plugin.gate.guard import Request, Verdict
from orthanc_plugin.gate.journal import ORTHANC_ID, Read

_COLLECTION_LEVEL = {"patients": "patient", "studies": "study", "series": "series", "instances": "instance"}
# The narrowest name wins: a path to an instance names its study as well.
_BY_PART = (
    ("instance", "instance"),
    ("series", "series"),
    ("study", "study"),
    ("patient", "patient"),
)
_BY_UID = (("SOPInstanceUID", "instance"), ("SeriesInstanceUID", "series"), ("StudyInstanceUID", "study"))
_WADO = (("objectuid", "instance"), ("seriesuid", "series"), ("studyuid", "study"))
_OUTWARD = ("read", "push")
_SHOWS_ORIGINALS = frozenset("ac")


def reads_of(request: Request, verdict: Verdict) -> list[Read]:
    """Return what the journal notes of a request that may pass.

    Noted are the doors through which originals reach a person who holds direct care, or a system they send to.
    """
    passage, principal = verdict.passage, verdict.principal
    if not verdict.allowed or passage is None or principal is None or not principal.role.direct_care:
        return []
    door = passage.door
    if door.use not in _OUTWARD or door.noted_by != "filter" or not _SHOWS_ORIGINALS & set(door.kind):
        return []
    who = (principal.user, principal.role.name, door.name)
    return [Read(*who, *resource) for resource in _resources(passage.parts, request.arguments)]


def _resources(parts: Mapping[str, str], arguments: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return level, Orthanc identifier and DICOM identifier of each resource that a path or its arguments name.

    An empty level is looked up later. A name that cannot be an identifier names nothing that could be read.
    """
    if "id" in parts:
        return _identified(_COLLECTION_LEVEL.get(parts.get("level", ""), ""), [parts["id"]])
    if found := _first(_BY_PART, parts.get):
        return _identified(found[0], [found[1]])
    if found := _first(_BY_UID, parts.get):
        return [(found[0], "", found[1])]
    for name, level in _WADO:
        if uids := _values(arguments, name):
            return [(level, "", uid) for uid in uids]
    return _identified("", ",".join(_values(arguments, "resources")).split(","))


def _values(arguments: Mapping[str, str], wanted: str) -> list[str]:
    """Return what an argument holds in every spelling: whoever reads must not choose which of them is noted."""
    return [unquote(value) for name, value in arguments.items() if name.lower() == wanted and value]


def _identified(level: str, identifiers: list[str]) -> list[tuple[str, str, str]]:
    return [(level, identifier, "") for identifier in identifiers if ORTHANC_ID.match(identifier)]


def _first(names: tuple[tuple[str, str], ...], get: Callable[[str], str | None]) -> tuple[str, str] | None:
    return next(((level, value) for name, level in names if (value := get(name))), None)
