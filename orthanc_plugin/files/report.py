"""The report of a run: a line for each file, and the totals."""

import errno
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from orthanc_plugin.deid.errors import Status
from orthanc_plugin.files.batch import Result

_STATUSES: tuple[Status, ...] = ("released", "quarantined", "excluded")


def totals(results: list[Result]) -> dict[str, int]:
    """Return how many files there were of each status, and in all."""
    counts = Counter(result.status for result in results)
    return {"files": len(results), **{status: counts[status] for status in _STATUSES}}


def as_json(results: list[Result]) -> dict[str, Any]:
    """Return the report as plain data; `output` is null where nothing was written."""
    files = [
        {
            "source": each.source,
            "status": each.status,
            "output": each.output or None,
            "reason": each.reason or None,
            "pixels": each.pixels or None,
        }
        for each in results
    ]
    return {"files": files, "totals": totals(results)}


def write(path: Path, results: list[Result]) -> None:
    """Write the report for its owner's eyes: it names the source files.

    Raises
    ------
    FileExistsError
        The file is there already and holds something: nothing is overwritten.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    if os.fstat(handle).st_size:
        os.close(handle)
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    os.fchmod(handle, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(as_json(results), file, indent=1)
        file.write("\n")


def in_words(results: list[Result]) -> list[str]:
    """Say what happened without naming a file: file names may hold identifiers, and a screen is read by others."""
    counts = totals(results)
    lines = [f"{counts['released']} of {counts['files']} files released."]
    reasons = Counter((each.status, each.reason) for each in results if each.status != "released")
    return lines + [f"{count} {status}: {reason}" for (status, reason), count in reasons.most_common()]
