"""How long a test waits before it calls something lost: one figure, for every wait.

Waiting costs nothing where the thing arrives. A machine with other work has been seen to run everything here at a
fifteenth of its usual speed for minutes, and a test must not take that for a fault.
"""

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 900.0  # seconds
MILLISECONDS = PATIENCE * 1000  # the same for Playwright
_FIRST, _PAUSE = 0.01, 0.1  # seconds between the first two looks, each time half as long again, and at most


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait until `condition` gives something and return it; fail naming `what` when it does not in time."""
    end = time.monotonic() + seconds
    pause = _FIRST
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(pause)
        pause = min(_PAUSE, pause * 1.5)
    return found
