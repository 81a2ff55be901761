"""Counts wrong passwords while the portal, which counts them otherwise, is away (assurance F26)."""

import threading
import time
from collections import OrderedDict

_MOST_WRONG = 5
_SECONDS = 900.0
_MOST = 4096


class Guesses:
    """For a name from one address, so that nobody locks a colleague out from elsewhere."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[tuple[str, str], list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def may_try(self, address: str, user: str) -> bool:
        """Return whether another password is compared."""
        with self._lock:
            return len(self._recent(address, user)) < _MOST_WRONG

    def note(self, address: str, user: str) -> None:
        """Count a wrong password."""
        with self._lock:
            self._wrong[address, user.casefold()] = [*self._recent(address, user), time.monotonic()]
            while len(self._wrong) > _MOST:
                self._wrong.popitem(last=False)

    def _recent(self, address: str, user: str) -> list[float]:
        since = time.monotonic() - _SECONDS
        return [at for at in self._wrong.get((address, user.casefold()), []) if at > since]
