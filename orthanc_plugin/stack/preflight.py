"""Whether this machine has what the parts need, asked before anything is started."""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.supervisor_config import TIED

_SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/bin")  # where Debian keeps daemons, not always in PATH


def find_orthanc(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the Orthanc binary on this machine; None where there is none."""
    path = os.pathsep.join([environ.get("PATH", ""), *_SYSTEM_FOLDERS])
    found = shutil.which("Orthanc", path=path)
    return Path(found) if found else None


def check(orthanc: Path | None, plugins: Mapping[str, Path]) -> Path:
    """See to it that Orthanc, its plugins and the tools for running them are there.

    Parameters
    ----------
    orthanc
        The Orthanc binary, if found.
    plugins
        The plugins' files by the Debian package that brings each.

    Returns
    -------
    Path
        The Orthanc binary.

    Raises
    ------
    StackError
        Naming every package that is missing at once.
    """
    missing = list(_missing(orthanc, plugins))
    if missing or orthanc is None:
        raise StackError("\n".join([
            "This machine lacks:",
            *(f"  - {what} (Debian package {package})" for what, package in missing),
            "`make setup` installs all of it; or: apt-get install " + " ".join(package for _, package in missing),
        ]))  # fmt: skip
    return orthanc


def _missing(orthanc: Path | None, plugins: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    if orthanc is None:
        yield "the Orthanc server", "orthanc"
    for package, file in plugins.items():
        if not file.exists():
            yield f"Orthanc's plugin {file.name}", package
    if shutil.which(TIED[0]) is None:
        yield f"the tool {TIED[0]}", "util-linux"
