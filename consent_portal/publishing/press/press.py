"""The portal's side of the press: starts the process when it is first needed, and again when it is gone."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog

from consent_portal.publishing.press.wire import Message, receive, send
from notices.errors import NoticeError

log = structlog.get_logger()
Progress = Callable[[int, int], None]


class PressAway(Exception):  # noqa: N818  (named for the situation)
    """The notice was not made for a reason that is not the notice's; the text says what to do."""


def _silent(done: int, of: int) -> None:
    """Say nothing of the progress."""


class Press:
    """One process that sets notices, one order at a time.

    Parameters
    ----------
    seconds
        How long one order may take.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def make(self, work: str, data: bytes = b"", progress: Progress = _silent, **order: Any) -> Message:
        """Have `work` (of `consent_portal.publishing.press.work`) done and return its result.

        Raises
        ------
        NoticeError
            When the notice cannot be made so; the text says why.
        PressAway
            When the process ended, took too long or failed.
        """
        with self._turn:
            answer = self._asked(Message({"work": work, **order}, data), progress)
        state = answer.words.pop("state", "gone")
        if state == "refused":
            raise NoticeError(answer.words["message"])
        if state != "done":
            log.error("press failed", work=work, kind=answer.words.get("kind", state))
            raise PressAway("The notice could not be made. Try again; if it happens again, tell the administrator.")
        return answer

    def _asked(self, order: Message, progress: Progress) -> Message:
        reused, late = self._is_running(), threading.Event()
        answer = self._once(order, progress, late)
        if not answer.words and reused and not late.is_set():
            answer = self._once(order, progress, late)  # it had ended since its last order, or this one ends it again
        return answer

    def _once(self, order: Message, progress: Progress, late: threading.Event) -> Message:
        process, answer = self._running(), Message({})

        def end() -> None:
            late.set()
            process.kill()

        limit = threading.Timer(self._seconds, end)
        limit.daemon = True
        limit.start()
        try:
            answer = self._exchanged(process, order, progress)
        except (OSError, json.JSONDecodeError) as error:
            log.warning("press gone", kind=type(error).__name__)
        finally:
            limit.cancel()
            if not answer.words:
                self.close()
        return answer

    def _exchanged(self, process: "subprocess.Popen[bytes]", order: Message, progress: Progress) -> Message:
        assert process.stdin is not None  # noqa: S101  (both are pipes, see _running)
        assert process.stdout is not None  # noqa: S101
        send(process.stdin, order)  # type: ignore[arg-type]
        while (said := receive(process.stdout)) is not None:  # type: ignore[arg-type]
            if said.words.get("state") != "working":
                return said
            progress(said.words["done"], said.words["of"])
        return Message({})

    def _is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "consent_portal.publishing.press"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        return self._process

    def close(self) -> None:
        """End the process; it also ends by itself when this one does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):  # what was still to be sent has nobody to go to
                    if pipe is not None:
                        pipe.close()
            process.wait()


PAGES = Press(seconds=300)
"""For what a person waits for: a page, a picture, one insert."""
RUNS = Press(seconds=1800)
"""For what takes minutes: a letter run, the check of a version in all its languages."""
