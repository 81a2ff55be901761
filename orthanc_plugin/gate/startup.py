"""Looks at Orthanc's configuration before anything is served, and finds every door that was left open.

A fault found here makes Orthanc refuse to start: the only moment at which the gate can fail closed without being in the
way of care. Pure: configuration in, faults out.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from orthanc_plugin.vocabulary import DIRECT_CARE

Configuration = Mapping[str, Any]

# Setting, the value that is wanted, whether leaving it out gives that value, and why.
_WANTED: Sequence[tuple[str, Any, bool, str]] = (
    ("WebDavEnabled", False, False, "WebDAV hands out originals before any other check"),
    ("DicomAlwaysAllowGet", False, True, "C-GET cannot be guarded, so it stays closed"),
    ("DicomAlwaysAllowFind", False, True, "unknown systems must not search for patients"),
    ("DicomAlwaysAllowFindWorklist", False, True, "unknown systems must not read worklists"),
    ("DicomAlwaysAllowMove", False, True, "unknown systems must not have images sent"),
    ("DicomCheckModalityHost", True, False, "an AE title alone is easily forged; the address is checked as well"),
    ("DicomModalitiesInDatabase", False, True, "a system in the database is not checked at start"),
    ("OrthancPeersInDatabase", False, True, "a peer in the database is not checked at start"),
    ("ExecuteLuaEnabled", False, True, "a script at run time can send anything anywhere"),
    ("RestApiWriteToFileSystemEnabled", False, True, "originals on the server's disk are outside every check"),
    ("HttpCompressionEnabled", False, False, "compressing a package would hold up every reader for seconds"),
    ("HttpVerbose", False, True, "a log of requests holds patients' data"),
)
_PLUGIN = "OrthancPython"
_OWN_LIST = (True, "without it nobody knows who asks")
_AT_THE_PORTAL = (False, "the gate signs people in by the portal's accounts; Orthanc would refuse all it does not list")
INTERLOCK = Path(__file__).with_name("interlock.lua")
"""Ends the start of an Orthanc in which the gate does not stand (docs/decisions/0121)."""


class OpenDoorsError(Exception):
    """Orthanc's configuration leaves a way out unguarded; the message names each setting and what it should be."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        lines = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(f"Orthanc does not start, because its configuration leaves doors open:\n{lines}")


def check(
    configuration: Configuration,
    version: str,
    known: Sequence[str],
    destinations: Mapping[str, str],
    *,
    parts: frozenset[str] | None = None,
) -> None:
    """Refuse a configuration that leaves a door open.

    Parameters
    ----------
    configuration
        Orthanc's, as `orthanc.GetConfiguration()` gives it.
    version
        Orthanc's version, such as ``1.10.1``.
    known
        Versions (or the beginning of them, ending in a dot) whose routes the table of doors was compared with.
    destinations
        Registered destinations with their purpose.
    parts
        The users of our own parts, which alone are on Orthanc's list where the portal keeps the people's accounts;
        None where everybody is on Orthanc's list.

    Raises
    ------
    OpenDoorsError
        With all faults at once.
    """
    faults = [
        *_version_faults(version, known),
        *_plugin_faults(configuration.get("Plugins", [])),
        *_value_faults(configuration),
        *_sign_in_faults(configuration, at_the_portal=parts is not None),
        *_script_faults(configuration.get("LuaScripts") or [], interlocked=parts is not None),
        *_user_faults(configuration.get("RegisteredUsers") or {}, parts),
        *_modality_faults(configuration.get("DicomModalities", {}), destinations),
        *_dicomweb_faults(configuration.get("DicomWeb", {})),
        *_destination_faults(configuration, destinations),
    ]
    if faults:
        raise OpenDoorsError(faults)


def _version_faults(version: str, known: Sequence[str]) -> Iterator[str]:
    if not any(version == entry or (entry.endswith(".") and version.startswith(entry)) for entry in known):
        yield (
            f"Orthanc {version} is not known to the table of doors ({', '.join(known)}); "
            "compare its routes with doors.toml and add it to known_versions there"
        )


def _plugin_faults(plugins: Any) -> Iterator[str]:
    entries = [plugins] if isinstance(plugins, str) else list(plugins)
    folders = [entry for entry in entries if not PurePosixPath(entry).suffix]
    if folders:
        yield f"Plugins names the folder {folders[0]}; name each plugin's file, the Python plugin first"
    elif not entries or _PLUGIN not in PurePosixPath(entries[0]).name:
        yield "Plugins must name the file of the Python plugin first, or other plugins' routes escape the gate"


def _value_faults(configuration: Configuration) -> Iterator[str]:
    for name, wanted, by_default, why in _WANTED:
        value = configuration.get(name, wanted if by_default else None)
        if value is not wanted:
            yield f'set "{name}" to {str(wanted).lower()}: {why}'


def _sign_in_faults(configuration: Configuration, *, at_the_portal: bool) -> Iterator[str]:
    wanted, why = _AT_THE_PORTAL if at_the_portal else _OWN_LIST
    if configuration.get("AuthenticationEnabled") is not wanted:
        yield f'set "AuthenticationEnabled" to {str(wanted).lower()}: {why}'


def _script_faults(scripts: Sequence[str], *, interlocked: bool) -> Iterator[str]:
    others = [script for script in scripts if not (interlocked and Path(script).resolve() == INTERLOCK.resolve())]
    if others:
        yield '"LuaScripts" must be empty: Lua sends images past the gate; use [gate] site_script'
    elif interlocked and not scripts:
        yield f'set "LuaScripts" to ["{INTERLOCK}"]: without it an Orthanc that lost its gate would serve everybody'


def _user_faults(users: Mapping[str, Any], parts: frozenset[str] | None) -> Iterator[str]:
    if not users:
        yield 'set "RegisteredUsers": without users nobody can sign in'
    people = [] if parts is None else sorted(set(users) - parts)
    if people:
        yield f'take {", ".join(people)} out of "RegisteredUsers": people have their accounts at the portal alone'


def _modality_faults(modalities: Mapping[str, Any], destinations: Mapping[str, str]) -> Iterator[str]:
    for name, modality in modalities.items():
        if not isinstance(modality, Mapping):
            yield f'DicomModalities "{name}": write it as {{"AET": ..., "AllowGet": false}}; a list allows C-GET'
            continue
        if modality.get("AllowGet") is not False:
            yield f'DicomModalities "{name}": set "AllowGet" to false; C-GET cannot be guarded'
        if destinations.get(name) != DIRECT_CARE:
            for setting in ("AllowFind", "AllowFindWorklist"):
                if modality.get(setting) is not False:
                    yield f'DicomModalities "{name}": set "{setting}" to false; it is not registered for direct care'


def _dicomweb_faults(dicomweb: Mapping[str, Any]) -> Iterator[str]:
    for name, wanted in (("Root", "/dicom-web/"), ("WadoRoot", "/wado")):
        if str(dicomweb.get(name, wanted)).strip("/") != wanted.strip("/"):
            yield f'DicomWeb: set "{name}" to "{wanted}", as the table of doors knows it'


def _destination_faults(configuration: Configuration, destinations: Mapping[str, str]) -> Iterator[str]:
    known = {
        *configuration.get("DicomModalities", {}),
        *configuration.get("OrthancPeers", {}),
        *configuration.get("DicomWeb", {}).get("Servers", {}),
    }
    for name in destinations:
        if name not in known:
            yield f"[gate] destinations: Orthanc knows no modality, peer or DICOMweb server {name}"
