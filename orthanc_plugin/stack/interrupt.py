"""Ctrl-C and its kin: the first stops in order, the second at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(BaseException):
    """Somebody asked `aoa up` to stop. Not an error, so no handler of errors may catch it."""


class Stop:
    """Turns the first signal into `StopRequested`, and every later one into a call of `on_hurry`."""

    def __init__(self) -> None:
        self.asked = False
        self.on_hurry: Callable[[], None] = lambda: None

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Answer a signal."""
        if self.asked:
            self.on_hurry()
            return
        self.asked = True
        raise StopRequested


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Answer SIGINT, SIGTERM and SIGHUP through a `Stop` while the context lasts. Works in the main thread only.

    SIGHUP stays ignored where it was: whoever starts us with nohup wants us to outlive the terminal.
    """
    stop = Stop()
    outlive = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    answered = [number for number in SIGNALS if not (outlive and number == signal.SIGHUP)]
    before = {number: signal.signal(number, stop) for number in answered}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def rest(seconds: float) -> None:
    """Wait without work; a signal ends the wait at once."""
    threading.Event().wait(seconds)
