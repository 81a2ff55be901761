"""The settings of every part, looked at together before anything starts: who mends one fault a start loses a day."""

import subprocess
import sys
from collections.abc import Mapping

from orthanc_plugin.engine import settings as engine_settings
from orthanc_plugin.engine.errors import SettingsError
from orthanc_plugin.gate import settings as gate_settings
from orthanc_plugin.stack import stack_settings, tools
from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.stack_settings import StackSettings

_BULLET = "  - "


def checked(home: Home) -> StackSettings:
    """Return the stack's settings, once every part has checked its own in the file and in the environment.

    Parameters
    ----------
    home
        Its settings file and secrets exist.

    Raises
    ------
    StackError
        Naming every fault of every part at once.
    """
    settings, faults = stack_settings.read(home.settings)
    environment = tools.environment(home)
    faults += [*_of_gate(environment), *_of_engine(environment), *_of_portal(home, environment)]
    if settings is None or faults:
        told = [f"  - {fault}" for fault in faults]
        head = f"{home.settings}, with what the environment sets (AOA_...), cannot be used. Nothing was started. Mend:"
        raise StackError("\n".join([head, *told]))
    return settings


def _of_gate(environment: Mapping[str, str]) -> tuple[str, ...]:
    try:
        gate_settings.load_settings(environment)
    except gate_settings.SettingsError as error:
        return error.faults
    return ()


def _of_engine(environment: Mapping[str, str]) -> list[str]:
    try:
        engine_settings.load(environment)
    except SettingsError as error:
        return str(error).splitlines()
    return []


def _of_portal(home: Home, environment: Mapping[str, str]) -> list[str]:
    """Ask the portal itself, whose code is not ours to import (docs/decisions/0002)."""
    command = [sys.executable, "-m", "consent_portal", "settings"]
    done = subprocess.run(
        command, cwd=home.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return []
    told = [line.removeprefix(_BULLET) for line in done.stderr.splitlines() if line.startswith(_BULLET)]
    return told or [f"the portal cannot read its settings:\n{tools.last_lines(done.stderr)}"]
