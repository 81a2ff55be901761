"""Whether a fault was a full disk, however deep below a library it happened (docs/decisions/0024)."""

import errno
import sqlite3
from collections.abc import Iterator

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""No room on the disk, in the quota, or in the size that a file may have."""

_SQLITE = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }
)
_POSTGRESQL = "53100"


def was_full(error: BaseException) -> bool:
    """Tell whether a full disk caused `error`, which another library may have raised in its place."""
    return any(map(_is_full, _causes(error)))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and everything it came from; `orig` is where SQLAlchemy keeps it."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__, getattr(one, "orig", None)]


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in FULL:
        return True
    return getattr(error, "sqlite_errorcode", None) in _SQLITE or getattr(error, "sqlstate", None) == _POSTGRESQL
