"""Writes Orthanc's configuration for a home, at every start."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

import orthanc_plugin.gate
from orthanc_plugin.stack import people, vault
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.orthanc_config import Modality, OrthancSettings, render
from orthanc_plugin.stack.ports import Ports
from orthanc_plugin.stack.stack_settings import StackSettings

GATE_SCRIPT = Path(orthanc_plugin.gate.__file__).with_name("plugin.py")
_PACKAGES = {
    "orthanc-python": "libOrthancPython.so",
    "orthanc-dicomweb": "libOrthancDicomWeb.so",
    "orthanc-gdcm": "libOrthancGdcm.so",
}


def plugins(settings: StackSettings) -> dict[str, Path]:
    """Return the file of each plugin that is loaded, by the Debian package that brings it."""
    return {package: Path(settings.plugin_dir) / name for package, name in _PACKAGES.items()}


def write(home: Home, ports: Ports, settings: StackSettings, users: people.Users) -> None:
    """Write ``orthanc/orthanc.json``, readable by the owner only: Orthanc keeps passwords in it."""
    text = json.dumps(render(installation(home, ports, settings, users)), indent=2)
    vault.write(home.orthanc_configuration, f"{text}\n")


def installation(home: Home, ports: Ports, settings: StackSettings, users: people.Users) -> OrthancSettings:
    """Return what Orthanc's configuration has of its own in this home."""
    return OrthancSettings(
        storage_dir=str(home.folder / "orthanc" / "storage"),
        gate_script=str(GATE_SCRIPT),
        users={user: users[user]["password"] for user in people.SERVICES},
        accounts_at_the_portal=True,
        http_port=ports.orthanc,
        dicom_port=ports.dicom,
        aet=settings.dicom_aet,
        plugin_dir=settings.plugin_dir,
        handover_dir=str(home.folder / "gate" / "handover"),
        accept_unknown_senders=settings.accept_unknown_senders,
        modalities=modalities(settings, destinations(home.settings)),
        peers=settings.peers,
        dicomweb_servers=settings.dicomweb_servers,
    )


def destinations(path: Path) -> Mapping[str, str]:
    """Return the purpose that the settings file registers for each destination by name."""
    gate = tomllib.loads(path.read_text(encoding="utf-8")).get("gate", {})
    return {str(name): str(purpose) for name, purpose in gate.get("destinations", {}).items()}


def modalities(settings: StackSettings, purposes: Mapping[str, str]) -> dict[str, Modality]:
    """Return the DICOM systems with what each may be sent."""
    return {
        name: Modality(row.aet, row.host, row.port, purposes.get(name), row.manufacturer)
        for name, row in settings.modalities.items()
    }
