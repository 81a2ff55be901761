"""A source file in memory, or mapped where it is large, so that a 2 GB object needs no 2 GB."""

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orthanc_plugin.deid.bytewise import Piece

LARGE = 32 << 20  # bytes


class UnreadableSourceError(Exception):
    """The file system does not let us read a source; the message is the system's own, without the name."""


@dataclass(frozen=True, slots=True)
class Original:
    """An open source file.

    Attributes
    ----------
    handle : int
        Open for reading, so that kept ranges can be copied by the kernel.
    data : bytes or mmap
        Its bytes; a map where it is `large`.
    """

    handle: int
    data: bytes | mmap.mmap

    @property
    def large(self) -> bool:
        """Say whether it is mapped."""
        return isinstance(self.data, mmap.mmap)

    def joined(self, pieces: tuple[Piece, ...]) -> bytes:
        """Return pieces as bytes."""
        view = memoryview(self.data)
        return b"".join(piece if isinstance(piece, bytes) else view[piece[0] : piece[1]] for piece in pieces)


@contextmanager
def opened(path: Path) -> Iterator[Original]:
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
        yield Original(handle, _contents(handle))
    finally:
        os.close(handle)


def _contents(handle: int) -> bytes | mmap.mmap:
    try:
        size = os.fstat(handle).st_size
        if size > LARGE:
            return mmap.mmap(handle, size, access=mmap.ACCESS_READ)
        return os.pread(handle, size, 0) if size else b""
    except OSError as error:
        raise UnreadableSourceError(error.strerror) from None
