"""A source file, read whole, because its pixels are looked at; a large one is mapped.

What stays as it is goes from file to file inside the kernel. Somebody may write to the file meanwhile: `is_unchanged`
tells.
"""

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LARGE = 32 << 20  # bytes; a larger file is mapped, so that a 2 GB object needs no 2 GB

Stamp = tuple[int, int, int, int]
"""What changes when a file does: its inode, size, and times of modification and change."""


class UnreadableSourceError(Exception):
    """The file system does not let us read a source; the message is the system's own, without the name."""


@dataclass(slots=True)
class Original:
    """An open source file.

    Attributes
    ----------
    handle : int
        Open for reading, so that kept ranges can be copied by the kernel.
    stamp : Stamp
        When it was opened.
    data : bytes or mmap
        All of it; a map where it is large.
    """

    handle: int
    stamp: Stamp
    data: bytes | mmap.mmap

    @property
    def size(self) -> int:
        """Return how many bytes the file had when it was opened."""
        return self.stamp[1]

    def is_unchanged(self) -> bool:
        """Say whether nobody has written to the file since it was opened."""
        return stamp_of(self.handle) == self.stamp

    @property
    def is_mapped(self) -> bool:
        """Say whether `data` is the file itself and no copy of it."""
        return isinstance(self.data, mmap.mmap)


@contextmanager
def opened(path: Path | str) -> Iterator[Original]:
    """Open a source for reading; a symbolic link is refused.

    Raises
    ------
    UnreadableSourceError
        When it cannot be opened or read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as error:
        raise UnreadableSourceError(error.strerror) from None
    try:
        yield _original(handle)
    finally:
        os.close(handle)


def _original(handle: int) -> Original:
    try:
        stamp = stamp_of(handle)
        return Original(handle, stamp, _contents(handle, stamp[1]))
    except OSError as error:
        raise UnreadableSourceError(error.strerror) from None


def stamp_of(handle: int) -> Stamp:
    """Return what tells whether an open file was written to."""
    status = os.fstat(handle)
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _contents(handle: int, size: int) -> bytes | mmap.mmap:
    try:
        if size > LARGE:
            return mmap.mmap(handle, size, access=mmap.ACCESS_READ)
        data = os.pread(handle, size, 0) if size else b""
    except (OSError, ValueError) as error:
        raise UnreadableSourceError(getattr(error, "strerror", None) or "it cannot be mapped") from None
    if len(data) != size:
        raise UnreadableSourceError("it became shorter while it was read")
    return data
