"""Which files a run reads: a file, a folder, or the files that a DICOMDIR names. Symbolic links are not followed."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydicom import dcmread


@dataclass(frozen=True, slots=True)
class Source:
    """One thing found, its name for the report, and why it is not read (empty when it is)."""

    path: Path | str
    name: str
    refusal: str = ""


def sources(start: Path) -> list[Source]:
    """Return everything under `start`, in the order of the names.

    Parameters
    ----------
    start : Path
        A file, a folder or a DICOMDIR.

    Raises
    ------
    OSError
        When `start` cannot be read.
    """
    if start.is_dir():
        return list(_folder(start))
    if start.name == "DICOMDIR":
        return _media(start)
    return [_source(start, start.name)]


def _source(path: Path | str, name: str) -> Source:
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        return Source(path, name, "a symbolic link: not followed")
    if not stat.S_ISREG(mode):
        return Source(path, name, "not a regular file")
    return Source(path, name)


def _folder(start: Path) -> Iterator[Source]:
    above = len(os.path.join(start, ""))  # noqa: PTH118  plain strings: there may be a hundred thousand files
    unread: list[OSError] = []
    for folder, folders, names in os.walk(start, onerror=unread.append, followlinks=False):
        folders.sort()
        here = os.path.join(folder, "")  # noqa: PTH118
        links = [name for name in folders if os.path.islink(here + name)]  # noqa: PTH114
        for name in sorted([*names, *links]):
            yield _source(here + name, here[above:] + name)
    for error in unread:
        yield Source(error.filename, error.filename[above:], f"a folder that cannot be read: {error.strerror}")


def _media(directory: Path) -> list[Source]:
    """Return the DICOMDIR itself and the files it names; a name that leads out of its folder is refused."""
    found = [Source(directory, directory.name, "a directory of a medium, not an object")]
    try:
        for record in dcmread(directory).DirectoryRecordSequence:
            parts = record.get("ReferencedFileID")
            if parts:
                found.append(_referenced(directory.parent, [parts] if isinstance(parts, str) else list(parts)))
    except OSError:
        raise
    except Exception:  # noqa: BLE001  hostile bytes end in more kinds of error than anybody could list
        return [Source(directory, directory.name, "cannot be read as a DICOMDIR: broken or truncated")]
    return found


def _referenced(folder: Path, parts: list[str]) -> Source:
    path = folder.joinpath(*parts)
    name = "/".join(parts)
    if not path.resolve().is_relative_to(folder.resolve()) or path.is_symlink():
        return Source(path, name, "the DICOMDIR names a file outside its folder or a symbolic link: not followed")
    if not path.is_file():
        return Source(path, name, "the DICOMDIR names a file that is not there")
    return _source(path, name)
