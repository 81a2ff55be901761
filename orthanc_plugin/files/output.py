"""Writing an output: it has no name until it is verified, it is never written over another file, and never half.

Where the file system can do so, the file has no name at all before (O_TMPFILE), so that even a power cut leaves
nothing; elsewhere it is a hidden file.
"""

import errno
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orthanc_plugin.deid.bytewise import Piece
from orthanc_plugin.files.original import Original, UnreadableSourceError

_MOST_OF_ONE_NAME = 10_000
_SHORT = 1 << 16  # bytes
_MOST_AT_ONCE = 512  # pieces in one call of the system; Linux takes 1024
_FLAGS = os.O_RDWR | os.O_CLOEXEC
_MODE = 0o640
_CAN_BE_NAMED = Path("/proc/self/fd").is_dir()
_NO_UNNAMED = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT})
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})


@dataclass(frozen=True, slots=True)
class Part:
    """A file on its way: open for writing and reading, and not yet under its name.

    Attributes
    ----------
    handle : int
        Open.
    hidden : str
        Its hidden name; empty where it has none.
    """

    handle: int
    hidden: str

    def name_it(self, path: str) -> None:
        """Give it a name.

        Raises
        ------
        FileExistsError
            When the name is taken.
        """
        if not self.hidden:  # the source is an absolute path: with a folder's handle, the system follows the link
            os.link(f"/proc/self/fd/{self.handle}", path, src_dir_fd=self.handle)
            return
        try:
            os.link(self.hidden, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            os.close(os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, _MODE))  # takes the name, on FAT too
            try:
                Path(self.hidden).replace(path)
            except BaseException:
                Path(path).unlink(missing_ok=True)
                raise


def write(
    target: Path, original: Original, uid: str, pieces: tuple[Piece, ...], grave: Callable[[int], list[str]]
) -> tuple[str, list[str]]:
    """Write an object, have the file verified, and then give it its name; a name that is taken gets a number.

    Parameters
    ----------
    target : Path
        The folder.
    original : Original
        Whose ranges stay.
    uid : str
        The new SOP Instance UID.
    pieces : tuple of Piece
        What to write.
    grave : callable
        Given the open file, returns what the verification found in it.

    Returns
    -------
    tuple of str and list of str
        The name; or no name and what was found.

    Raises
    ------
    UnreadableSourceError
        When somebody wrote to the source meanwhile.
    OSError
        When it cannot be written; nothing half is left.
    """
    with _part(target) as part:
        fill(part.handle, original, pieces)
        found = grave(part.handle)
        return ("", found) if found else (_named(target, part, uid), [])


@contextmanager
def _part(target: Path) -> Iterator[Part]:
    """Open a file without a name in a folder; when it is done with, what has no name is gone."""
    handle = _nameless(target)
    if handle is None:
        with hidden_part(target) as part:
            yield part
        return
    try:
        yield Part(handle, "")
    finally:
        os.close(handle)


def _nameless(target: Path) -> int | None:
    """Return an open file without a name; None where there is no such thing, or no way to name it later."""
    if not _CAN_BE_NAMED:
        return None
    try:
        return os.open(target, _FLAGS | os.O_TMPFILE, _MODE)
    except OSError as error:
        if error.errno not in _NO_UNNAMED:
            raise
        return None


@contextmanager
def hidden_part(target: Path) -> Iterator[Part]:
    """Open a hidden file in a folder, for file systems that know no files without a name."""
    hidden = f"{target}/.{secrets.token_hex(8)}.part"
    handle = os.open(hidden, _FLAGS | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _MODE)
    try:
        yield Part(handle, hidden)
    finally:
        os.close(handle)
        Path(hidden).unlink(missing_ok=True)


def _named(target: Path, part: Part, uid: str) -> str:
    for number in range(1, _MOST_OF_ONE_NAME):
        name = f"{uid}.dcm" if number == 1 else f"{uid}_{number}.dcm"
        try:
            part.name_it(f"{target}/{name}")
        except FileExistsError:
            continue
        return name
    msg = "many files with the same SOP Instance UID; remove the copies and run again"
    raise FileExistsError(errno.EEXIST, msg)


def fill(handle: int, original: Original, pieces: tuple[Piece, ...]) -> None:
    """Write the pieces of an object: short ones gathered, what is long and not in memory copied inside the kernel.

    Raises
    ------
    UnreadableSourceError
        When somebody wrote to the source meanwhile: then nobody knows what was copied.
    """
    in_memory = None if original.is_mapped else memoryview(original.data)
    gathered: list[bytes | memoryview] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            gathered.append(piece)
        elif in_memory is not None:
            gathered.append(in_memory[piece[0] : piece[1]])
        elif piece[1] <= len(original.data) and piece[1] - piece[0] < _SHORT:
            gathered.append(original.data[piece[0] : piece[1]])
        else:
            _write(handle, gathered)
            gathered = []
            _range(handle, original.handle, *piece)
    _write(handle, gathered)
    if in_memory is None and not original.is_unchanged():
        raise UnreadableSourceError("somebody wrote to it while it was read; run again when it is complete")


def _write(handle: int, gathered: list[bytes | memoryview]) -> None:
    for start in range(0, len(gathered), _MOST_AT_ONCE):
        some = gathered[start : start + _MOST_AT_ONCE]
        left = sum(map(len, some)) - os.writev(handle, some)
        rest = memoryview(b"".join(some))[-left:] if left else b""
        while rest:
            rest = rest[os.write(handle, rest) :]


def _range(target: int, source: int, start: int, end: int) -> None:
    """Copy a range inside the kernel."""
    while start < end:
        sent = os.sendfile(target, source, start, end - start)
        if sent == 0:
            raise UnreadableSourceError("it became shorter while it was read")
        start += sent
