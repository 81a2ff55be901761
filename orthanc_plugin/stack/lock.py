"""One `aoa up` a home."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.home import Home


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Hold the home for this process while the context lasts; the kernel lets go of it when the process dies.

    Raises
    ------
    StackError
        If another `aoa up` runs on this home.
    """
    path = home.run / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise StackError(
                f"Another `aoa up` (process {holder}) already runs on {home.folder}. "
                "Stop that one with Ctrl-C, or choose another --home with other ports."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)
