"""What cannot be shown, and how it is said: the thing and the rule, never a value of the object."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from pydicom.errors import BytesLengthException, InvalidDicomError

_FAULTS = (
    InvalidDicomError, BytesLengthException, ValueError, TypeError, AttributeError, LookupError, ArithmeticError,
    RuntimeError, EOFError, OSError, AssertionError, MemoryError, struct.error, zlib.error,
)  # fmt: skip
"""What pydicom, its decoders and numpy raise over broken objects; anything else is a fault of ours."""

_PANIC = "PanicException"
"""What the RLE decoder, written in Rust, raises over some broken frames: no `Exception`, and importable nowhere."""


class UnrenderableError(Exception):
    """An object or a frame that cannot be made a picture; its text quotes no value of the object."""


@contextmanager
def faults_of(thing: str) -> Iterator[None]:
    """Turn what libraries raise over a broken object into an `UnrenderableError` that names the thing alone.

    Parameters
    ----------
    thing : str
        What was being read, in the words of the message: ``its pixels``.
    """
    try:
        yield
    except BaseException as error:
        if not isinstance(error, _FAULTS) and type(error).__name__ != _PANIC:
            raise
        raise UnrenderableError(f"{thing} cannot be decoded ({type(error).__name__})") from None
