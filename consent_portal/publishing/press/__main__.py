"""The press: takes orders on standard input until the portal is gone, answers on standard output."""

import os
import signal
import sys
import time
from typing import BinaryIO

from consent_portal.publishing.press.wire import Message, receive, send
from consent_portal.publishing.press.work import WORK
from notices import NoticeError

SAY_EVERY = 0.2
"""Seconds between two words about the progress."""


def _answered(order: Message, out: BinaryIO) -> Message:
    said = time.monotonic()

    def progress(done: int, of: int) -> None:
        nonlocal said
        if done == 0 or time.monotonic() - said > SAY_EVERY:
            said = time.monotonic()
            send(out, Message({"state": "working", "done": done, "of": of}))

    try:
        result = WORK[order.words["work"]](order, progress)
    except NoticeError as error:
        return Message({"state": "refused", "message": str(error)})
    except Exception as error:  # noqa: BLE001  # whatever it is, the portal is told of it, and never of what was set
        return Message({"state": "failed", "kind": type(error).__name__})
    return Message({**result.words, "state": "done"}, result.data)


def main() -> None:
    """Take one order after the other; a key that interrupts the portal ends this process with it, and not before it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not come between the messages
    while (order := receive(sys.stdin.buffer)) is not None:
        send(out, _answered(order, out))


if __name__ == "__main__":
    main()
