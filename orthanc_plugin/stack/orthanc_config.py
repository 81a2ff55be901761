"""Orthanc's configuration with every door closed that can be closed there; `aoa up` and docker/ render the same one.

What the gate checks when it starts (`orthanc_plugin/gate/startup.py`) is what this sets; a test holds them together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from orthanc_plugin.vocabulary import DIRECT_CARE

_PYTHON_PLUGIN = "libOrthancPython.so"
_SERVE_FOLDERS = "libServeFolders.so"
_OTHER_PLUGINS = ("libOrthancDicomWeb.so", "libOrthancGdcm.so")


@dataclass(frozen=True)
class Modality:
    """Another DICOM system, by its AE title and address, with what it may be sent (`purpose`, None for nothing)."""

    aet: str
    host: str
    port: int
    purpose: str | None = None
    manufacturer: str = "Generic"


@dataclass(frozen=True)
class OrthancSettings:
    """What differs from one installation to the next.

    Attributes
    ----------
    storage_dir
        Where Orthanc keeps images and index.
    gate_script
        Path of `orthanc_plugin/gate/plugin.py` on the machine that runs Orthanc.
    users
        Orthanc user to password.
    plugin_dir
        Where the distribution puts Orthanc's plugins.
    plugins
        File names after the Python plugin, in the order they are loaded.
    handover_dir
        Where large packages wait for a browser to collect them (docs/decisions/0017); None without.
    remote_access
        Whether other machines may ask; only behind a proxy that brings TLS.
    accept_unknown_senders
        Whether a system that is not registered may C-STORE images to here (docs/decisions/0013).
    modalities, peers, dicomweb_servers
        The other systems, by the names that ``[gate] destinations`` uses.
    accounts_at_the_portal
        Whether the gate signs people in by the portal's accounts (docs/decisions/0120); then `users` are our parts'.
    threads
        Whether native calls release the interpreter (plugin 4.3 and later; older ones ignore it).
    """

    storage_dir: str
    gate_script: str
    users: Mapping[str, str]
    http_port: int = 8042
    dicom_port: int = 4242
    aet: str = "ORTHANC"
    name: str = "Anonymise or Ask"
    plugin_dir: str = "/usr/share/orthanc/plugins"
    plugins: Sequence[str] = _OTHER_PLUGINS
    handover_dir: str | None = None
    remote_access: bool = False
    accept_unknown_senders: bool = False
    modalities: Mapping[str, Modality] = field(default_factory=dict)
    peers: Mapping[str, Any] = field(default_factory=dict)
    dicomweb_servers: Mapping[str, Any] = field(default_factory=dict)
    accounts_at_the_portal: bool = False
    threads: bool = True


def render(settings: OrthancSettings) -> dict[str, Any]:
    """Return Orthanc's configuration, ready for `json.dump`.

    Parameters
    ----------
    settings
        What differs from one installation to the next.

    Returns
    -------
    dict
        The whole configuration: names and values as in Orthanc's own documentation.
    """
    return {
        **_server(settings),
        **_plugins(settings),
        **_http(settings),
        **_dicom(settings),
        **_nothing_at_run_time(settings),
    }


def _server(settings: OrthancSettings) -> dict[str, Any]:
    return {
        "Name": settings.name,
        "StorageDirectory": settings.storage_dir,
        "IndexDirectory": settings.storage_dir,
        "OverwriteInstances": False,
        "StableAge": 20,
        # Job results (archives of originals) are not kept across restarts.
        "SaveJobs": False,
        "JobsHistorySize": 200,
    }


def _plugins(settings: OrthancSettings) -> dict[str, Any]:
    folder = PurePosixPath(settings.plugin_dir)
    served = (_SERVE_FOLDERS,) if settings.handover_dir else ()
    return {
        # The Python plugin first and by its file, or DICOMweb's routes escape the gate.
        "Plugins": [str(folder / name) for name in (_PYTHON_PLUGIN, *settings.plugins, *served)],
        "PythonScript": settings.gate_script,
        "PythonVerbose": False,
        "Python": {"Path": settings.gate_script, "AllowThreads": settings.threads},
        "DicomWeb": {
            "Enable": True,
            "Root": "/dicom-web/",
            "EnableWado": True,
            "WadoRoot": "/wado",
            "Servers": dict(settings.dicomweb_servers),
        },
        "ServeFolders": {
            "AllowCache": False,
            "GenerateETag": False,
            "Extensions": {"zip": "application/zip"},
            "Folders": {"/packages": settings.handover_dir} if settings.handover_dir else {},
        },
    }


def _http(settings: OrthancSettings) -> dict[str, Any]:
    return {
        "HttpServerEnabled": True,
        "HttpPort": settings.http_port,
        "RemoteAccessAllowed": settings.remote_access,
        # Where the portal has the accounts, Orthanc would refuse everybody before the gate is asked.
        "AuthenticationEnabled": not settings.accounts_at_the_portal,
        "RegisteredUsers": dict(settings.users),
        "OrthancExplorerEnabled": True,
        "WebDavEnabled": False,
        "WebDavDeleteAllowed": False,
        "WebDavUploadAllowed": False,
        # Compressing on the fly costs more than it saves for images, and would hold the gate while it does.
        "HttpCompressionEnabled": False,
        "HttpDescribeErrors": False,
        "HttpVerbose": False,
        "HttpsVerifyPeers": True,
        "OrthancPeers": dict(settings.peers),
    }


def _dicom(settings: OrthancSettings) -> dict[str, Any]:
    return {
        "DicomServerEnabled": True,
        "DicomAet": settings.aet,
        "DicomPort": settings.dicom_port,
        "DicomCheckCalledAet": True,
        "DicomCheckModalityHost": True,
        "DicomAlwaysAllowEcho": True,
        "DicomAlwaysAllowStore": settings.accept_unknown_senders,
        "DicomAlwaysAllowFind": False,
        "DicomAlwaysAllowFindWorklist": False,
        "DicomAlwaysAllowGet": False,
        "DicomAlwaysAllowMove": False,
        "DicomModalities": {name: _modality(modality) for name, modality in settings.modalities.items()},
    }


def _modality(modality: Modality) -> dict[str, Any]:
    for_care = modality.purpose == DIRECT_CARE
    return {
        "AET": modality.aet,
        "Host": modality.host,
        "Port": modality.port,
        "Manufacturer": modality.manufacturer,
        "AllowEcho": True,
        "AllowStore": True,
        "AllowFind": for_care,
        "AllowFindWorklist": for_care,
        # The gate answers every C-MOVE itself, by the purpose of its destination.
        "AllowMove": modality.purpose is not None,
        "AllowGet": False,
        "AllowStorageCommitment": for_care,
    }


def _nothing_at_run_time(settings: OrthancSettings) -> dict[str, Any]:
    """Return what keeps a running server from being given new ways out, and one without its gate from starting."""
    interlock = PurePosixPath(settings.gate_script).with_name("interlock.lua")
    return {
        "DicomModalitiesInDatabase": False,
        "OrthancPeersInDatabase": False,
        "ExecuteLuaEnabled": False,
        "LuaScripts": [str(interlock)] if settings.accounts_at_the_portal else [],
        "RestApiWriteToFileSystemEnabled": False,
    }
