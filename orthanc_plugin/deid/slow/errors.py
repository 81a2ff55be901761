"""What goes wrong while pydicom reads and writes what somebody else has written."""

from collections.abc import Iterator
from contextlib import contextmanager

from orthanc_plugin.deid.errors import HeldBackError, UnreadableError

MOST_NESTING = 64  # as the byte walker


class TooDeepError(Exception):
    """Sequences are nested deeper than any real object's."""


@contextmanager
def refused(reason: str) -> Iterator[None]:
    """Turn whatever pydicom raises into a refusal for `reason`.

    Raises
    ------
    HeldBackError
        Instead; one of our own as it is.
    """
    try:
        yield
    except HeldBackError:
        raise
    except (TooDeepError, RecursionError):
        raise UnreadableError("its sequences are nested deeper than any real object's: refused as hostile") from None
    except Exception:  # noqa: BLE001  hostile bytes end in more kinds of error than anybody could list, and each is a refusal
        raise UnreadableError(reason) from None
