"""Objects that were read for showing, in memory alone and bounded: a viewer asks for one frame after the other."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from time import monotonic

from orthanc_plugin.engine.showing.errors import BusyError
from orthanc_plugin.engine.showing.pictures import Pictures

MOST_BYTES = 256 << 20
"""Of all objects together; one that is larger is kept alone, until another is asked for."""

AT_ONCE = 4
"""Pictures that are made at a time: the gate's questions go through the same door."""

PATIENCE_SECONDS = 20.0
IDLE_SECONDS = 600.0
"""After which an object that nobody looks at any more is forgotten: most of them are originals."""


class Kept:
    """The objects that were asked for last.

    Parameters
    ----------
    most_bytes
        Of all together.
    patience
        Seconds that a picture waits until it may be made.
    clock
        Seconds that go by.
    """

    def __init__(
        self,
        most_bytes: int = MOST_BYTES,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._most, self._pictures, self._lock = most_bytes, OrderedDict[Hashable, Pictures](), Lock()
        self._patience, self._clock, self._used = patience, clock, dict[Hashable, float]()
        self._reading, self._making = Lock(), BoundedSemaphore(AT_ONCE)

    def get(self, key: Hashable, read: Callable[[], Pictures]) -> Pictures:
        """Return what is kept under a key, or read it; one object is read at a time, and two do not read the same."""
        found = self._found(key)
        if found is not None:
            return found
        with self._reading:
            found = self._found(key) or read()
            with self._lock:
                self._pictures[key], self._used[key] = found, self._clock()
                self._shrink()
        return found

    def _found(self, key: Hashable) -> Pictures | None:
        with self._lock:
            if key in self._pictures:
                self._pictures.move_to_end(key)
                self._used[key] = self._clock()
            return self._pictures.get(key)

    def _shrink(self) -> None:
        while len(self._pictures) > 1 and sum(each.size for each in self._pictures.values()) > self._most:
            del self._used[self._pictures.popitem(last=False)[0]]

    def forget_idle(self) -> None:
        """Forget what nobody asked for within `IDLE_SECONDS`."""
        with self._lock:
            for key in [key for key, used in self._used.items() if self._clock() - used > IDLE_SECONDS]:
                del self._pictures[key], self._used[key]

    @contextmanager
    def making(self) -> Iterator[None]:
        """Make a picture in here.

        Raises
        ------
        BusyError
            `AT_ONCE` others were being made for so long that this one would keep the gate waiting.
        """
        if not self._making.acquire(timeout=self._patience):
            raise BusyError
        try:
            yield
        finally:
            self._making.release()
