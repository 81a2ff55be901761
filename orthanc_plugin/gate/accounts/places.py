"""Places for passwords that are not known yet: whoever guesses takes few of them, and never the care of those known."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from orthanc_plugin.gate.accounts.proofs import Proof

# Orthanc answers with 50 threads. Those of unknown passwords may hold this many of them; care needs the others.
_WAITING = 12
_AT_ONCE = 8
_OF_ONE_ADDRESS = 3


class Places:
    """Works one unknown name and password out once, however many requests bring it at the same time."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="gate-password")
        self._waiting = threading.BoundedSemaphore(_WAITING)
        self._lock = threading.Lock()
        self._asked: dict[bytes, Future[Proof | None]] = {}
        self._addresses: Counter[str] = Counter()

    def found(self, mark: bytes, address: str, find: Callable[[], Proof | None]) -> Proof | None:
        """Return what `find` returns; None where too many others wait already.

        Parameters
        ----------
        mark
            Stands for the name and the password.
        address
            Where they came from: no one address takes all places.
        find
            Runs in a thread of ours: Orthanc's own have small stacks.
        """
        if not self._waiting.acquire(blocking=False):
            return None
        try:
            future = self._begun(mark, address, find)
            return None if future is None else future.result()
        finally:
            self._waiting.release()

    def _begun(self, mark: bytes, address: str, find: Callable[[], Proof | None]) -> Future[Proof | None] | None:
        with self._lock:
            if (running := self._asked.get(mark)) is not None:
                return running
            if len(self._asked) >= _AT_ONCE or self._addresses[address] >= _OF_ONE_ADDRESS:
                return None
            self._addresses[address] += 1
            self._asked[mark] = future = self._threads.submit(self._run, mark, address, find)
            return future

    def _run(self, mark: bytes, address: str, find: Callable[[], Proof | None]) -> Proof | None:
        with self._taken(mark, address):
            return find()

    @contextmanager
    def _taken(self, mark: bytes, address: str) -> Iterator[None]:
        try:
            yield
        finally:
            with self._lock:
                del self._asked[mark]
                self._addresses -= Counter([address])
