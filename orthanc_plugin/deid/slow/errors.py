"""What goes wrong while pydicom reads and writes what somebody else has written."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from pydicom.errors import InvalidDicomError

from orthanc_plugin.deid.outcome import UnreadableError

MOST_NESTING = 64  # as the byte walker


class TooDeepError(Exception):
    """Sequences are nested deeper than any real object's."""


# What pydicom raises for bytes that are no object, as far as its readers and writers are known to.
_PYDICOM_ERRORS = (
    ValueError, KeyError, IndexError, TypeError, AttributeError, NotImplementedError, struct.error, EOFError, OSError,
    OverflowError, InvalidDicomError, zlib.error, MemoryError, AssertionError,
)  # fmt: skip


@contextmanager
def refused(reason: str) -> Iterator[None]:
    """Turn whatever pydicom raises into a refusal for `reason`.

    Raises
    ------
    UnreadableError
        Instead.
    """
    try:
        yield
    except (TooDeepError, RecursionError):
        raise UnreadableError("its sequences are nested deeper than any real object's: refused as hostile") from None
    except _PYDICOM_ERRORS:
        raise UnreadableError(reason) from None
