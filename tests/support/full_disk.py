"""A full disk without a mount or a privilege: the kernel's limit on the size of a file, put on processes that run.

With a limit of 0 every write to a file fails (EFBIG), as on a full disk (ENOSPC) or over a quota (EDQUOT); reading,
sockets and pipes are as before. `/dev/full` does the same for a single file, with ENOSPC.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import psutil


@contextmanager
def no_room(processes: Iterable[psutil.Process]) -> Iterator[None]:
    """Let no process write to any file while the context lasts."""
    limited = list(processes)
    _limit(limited, 0)
    try:
        yield
    finally:
        _limit(limited, psutil.RLIM_INFINITY)


def _limit(processes: Iterable[psutil.Process], most_bytes: int) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            _, hard = process.rlimit(psutil.RLIMIT_FSIZE)
            process.rlimit(psutil.RLIMIT_FSIZE, (most_bytes, hard))
