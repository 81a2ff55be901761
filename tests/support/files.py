"""Reading a folder in which another process is at work: what vanishes meanwhile is no longer there, and no error."""

import os
from collections.abc import Iterator
from pathlib import Path


def below(folder: Path) -> list[Path]:
    """Return everything below `folder`, sorted; a folder that vanishes while it is listed counts as empty."""
    found = [Path(place, name) for place, folders, files in os.walk(folder) for name in (*folders, *files)]
    return sorted(found)


def files_below(folder: Path) -> list[Path]:
    """Return the regular files below `folder`, sorted."""
    return [path for path in below(folder) if path.is_file()]


def contents(paths: list[Path]) -> Iterator[tuple[Path, bytes]]:
    """Yield each file with its bytes; one that vanished is left out."""
    for path in paths:
        try:
            yield path, path.read_bytes()
        except FileNotFoundError:
            continue
