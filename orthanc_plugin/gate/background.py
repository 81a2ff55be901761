"""The gate's own threads: each starts once and ends when Orthanc does."""

import threading
from collections.abc import Callable


class Background:
    """A thread that does `work` until it is told to end.

    Parameters
    ----------
    name
        What a list of threads shows.
    work
        Given the event that is set when it has to end; it looks at it between two steps, and waits with it.
    """

    def __init__(self, name: str, work: Callable[[threading.Event], None]) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=work, args=(self._over,), name=f"gate-{name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self, seconds: float | None = None) -> None:
        """Tell it to end, and wait until it has, at most for `seconds`."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(seconds)
