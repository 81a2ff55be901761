"""Writing an output: under its new name at once, never over another file, and never half."""

import os
from collections.abc import Callable
from pathlib import Path

from orthanc_plugin.deid.original import Original
from orthanc_plugin.deid.single import Treated

_MOST_OF_ONE_NAME = 10_000
_SHORT = 1 << 16  # bytes
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


def _names(uid: str) -> list[str]:
    return [f"{uid}.dcm", *(f"{uid}_{number}.dcm" for number in range(2, _MOST_OF_ONE_NAME))]


def small(target: Path, uid: str, data: bytes) -> str:
    """Write verified bytes under the new SOP Instance UID; a name that is taken gets a number.

    Returns
    -------
    str
        The file's name in `target`.

    Raises
    ------
    OSError
        When it cannot be written; nothing half is left.
    """
    first = f"{uid}.dcm"
    for name in [first] if not (target / first).exists() else _names(uid):
        path = target / name
        try:
            handle = os.open(path, _NEW, 0o640)
        except FileExistsError:
            continue
        _whole(handle, path, lambda file: _write(file, memoryview(data)))
        return name
    msg = "many files with the same SOP Instance UID; remove the copies and run again"
    raise FileExistsError(msg)


def large(
    target: Path, original: Original, treated: Treated, grave: Callable[[Path], list[str]]
) -> tuple[str, list[str]]:
    """Write pieces without their bytes passing through this process, verify the file, then give it its name.

    Parameters
    ----------
    target : Path
        The folder.
    original : Original
        Whose ranges stay.
    treated : Treated
        What to write.
    grave : callable
        Returns what the verification of a file found.

    Returns
    -------
    tuple of str and list of str
        The name; or no name and what was found.

    Raises
    ------
    OSError
        When it cannot be written; nothing half is left.
    """
    uid = treated.outcome.sop_instance_uid
    path = target / f".{uid}.{os.getpid()}.part"
    _whole(os.open(path, _NEW, 0o640), path, lambda file: pieces(file, original, treated))
    try:
        found = grave(path)
        return ("", found) if found else (_named(target, path, uid), [])
    finally:
        path.unlink()


def _named(target: Path, path: Path, uid: str) -> str:
    for name in _names(uid):
        try:
            os.link(path, target / name)
        except FileExistsError:
            continue
        return name
    msg = "many files with the same SOP Instance UID; remove the copies and run again"
    raise FileExistsError(msg)


def _whole(handle: int, path: Path, fill: Callable[[int], None]) -> None:
    try:
        fill(handle)
    except BaseException:
        path.unlink(missing_ok=True)  # no half object is left, whatever stopped us
        raise
    finally:
        os.close(handle)


def _write(handle: int, view: memoryview) -> None:
    while view:
        view = view[os.write(handle, view) :]


def pieces(handle: int, original: Original, treated: Treated) -> None:
    """Write the pieces of an object: short ones gathered, long ranges of the source copied inside the kernel."""
    short: list[bytes] = []
    for piece in treated.pieces:
        if isinstance(piece, bytes):
            short.append(piece)
        elif piece[1] - piece[0] < _SHORT:
            short.append(original.data[piece[0] : piece[1]])
        else:
            _write(handle, memoryview(b"".join(short)))
            short = []
            _range(handle, original.handle, *piece)
    _write(handle, memoryview(b"".join(short)))


def _range(target: int, source: int, start: int, end: int) -> None:
    """Copy a range inside the kernel."""
    while start < end:
        sent = os.sendfile(target, source, start, end - start)
        if sent == 0:
            msg = "the source became shorter while it was read"
            raise OSError(None, msg)
        start += sent
