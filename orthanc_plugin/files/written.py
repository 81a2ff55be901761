"""The names of the outputs so far, in memory that forked processes share: it outlives the process that wrote one."""

import mmap

_ROOM = 96  # bytes; a UID has 64 at most


class Written:
    """One place for each file of a run.

    Parameters
    ----------
    files : int
        How many.
    """

    def __init__(self, files: int) -> None:
        self._names = mmap.mmap(-1, files * _ROOM)

    def keep(self, place: int, name: str) -> None:
        """Remember the name of a file's output."""
        raw = name.encode("ascii")
        self._names[place * _ROOM : place * _ROOM + len(raw)] = raw

    def name(self, place: int) -> str:
        """Return the name of a file's output; empty where it has none."""
        return self._names[place * _ROOM : (place + 1) * _ROOM].rstrip(b"\0").decode("ascii")
