"""The script Orthanc's Python plugin loads: the only file that imports `orthanc`.

Orthanc loads it by its path, so it makes our package importable itself, and nothing else of the environment it lies in.
Any exception here makes Orthanc refuse to start: that is how the gate fails closed.
"""

import importlib.util
import os
import sys
from pathlib import Path

import orthanc

_FOLDER = Path(__file__).resolve().parent


def _make_importable(package: Path) -> None:
    """Make `orthanc_plugin` importable from its own folder, without putting that folder's neighbours on the path."""
    # Orthanc put the script's folder first on the path: its files must not hide modules of the standard library.
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != _FOLDER]
    spec = importlib.util.spec_from_file_location(
        package.name, package / "__init__.py", submodule_search_locations=[str(package)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{package} is no Python package; install Anonymise or Ask again")
    module = importlib.util.module_from_spec(spec)
    sys.modules[package.name] = module
    spec.loader.exec_module(module)


def _start() -> None:
    from orthanc_plugin.gate.install import Gate  # noqa: PLC0415 -- only importable from here on
    from orthanc_plugin.gate.settings import load_settings  # noqa: PLC0415

    settings = load_settings(os.environ)
    Gate(orthanc, settings).register()
    if settings.site_script is not None:
        _load_site_script(settings.site_script)
    os.environ["AOA_GATE_STANDS"] = str(os.getpid())  # the very last: interlock.lua looks for it


def _load_site_script(script: Path) -> None:
    """Load the site's own script after ours: Orthanc has room for one only."""
    spec = importlib.util.spec_from_file_location("aoa_site_script", script)
    if spec is None or spec.loader is None:
        raise ImportError(f"[gate] site_script: {script.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)


_make_importable(_FOLDER.parent)
_start()
