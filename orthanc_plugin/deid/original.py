"""A source file: its beginning in memory, and the rest only where somebody has to read it.

What nobody reads goes from file to file inside the kernel. Somebody may write to the file meanwhile: `is_unchanged`
tells, and a file that was written to just now is read whole at once, because its time stamps cannot tell.
"""

import mmap
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LARGE = 32 << 20  # bytes; a larger file is mapped, so that a 2 GB object needs no 2 GB
_LEAST, _MOST = 1 << 14, 1 << 18  # bytes of a beginning: the headers of most images fit in the least
_TICK = 100_000_000  # nanoseconds; time stamps are a few milliseconds coarse

Stamp = tuple[int, int, int, int]
"""What changes when a file does: its inode, size, and times of modification and change."""


class _Beginning:
    """How many bytes to read at first: more, when the headers of these files turn out to be longer."""

    size = _LEAST

    def was_short(self, size: int) -> None:
        """Take more the next time, where that is of use."""
        if size == self.size:
            self.size = min(size * 4, _MOST)


_beginning = _Beginning()


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
        Its beginning, or all of it; a map where it is large.
    """

    handle: int
    stamp: Stamp
    data: bytes | mmap.mmap

    @property
    def size(self) -> int:
        """Return how many bytes the file had when it was opened."""
        return self.stamp[1]

    @property
    def is_whole(self) -> bool:
        """Say whether `data` is all of it."""
        return len(self.data) == self.size

    def read_whole(self) -> bytes | mmap.mmap:
        """Make `data` all of it, and return it.

        Raises
        ------
        UnreadableSourceError
            When it cannot be read.
        """
        if not self.is_whole:
            _beginning.was_short(len(self.data))
            self.data = _contents(self.handle, self.size)
        return self.data

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
        if stamp[1] <= _beginning.size or was_just_written(stamp, time.time_ns()):
            return Original(handle, stamp, _contents(handle, stamp[1]))
        return Original(handle, stamp, os.pread(handle, _beginning.size, 0))
    except OSError as error:
        raise UnreadableSourceError(error.strerror) from None


def was_just_written(stamp: Stamp, now: int) -> bool:
    """Say whether a file was written to so shortly before `now`, in nanoseconds, that its stamp may stay the same."""
    return abs(now - max(stamp[2], stamp[3])) < _TICK


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
