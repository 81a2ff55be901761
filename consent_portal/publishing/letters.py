"""Letter runs: a list of people goes in, one PDF for the printer comes out, and nothing of it is kept.

Everything is held in memory and nothing is written down. The list is let go as soon as the letters are set, the PDF
when it has been downloaded, and all of it after an hour or when the portal stops.
"""

import threading
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from consent_portal.publishing.press.paper import edition_words
from consent_portal.publishing.press.press import RUNS, PressAway
from notices.errors import NoticeError
from notices.outputs import Kind, Paper
from notices.versions import Version

log = structlog.get_logger()
KEPT_SECONDS = 3600
WORKING, READY, FAILED, TAKEN = "working", "ready", "failed", "taken"


class BusyError(Exception):
    """The person has a letter run that is not finished."""


@dataclass(frozen=True)
class Run:
    """One letter run; `pdf` holds names of people and does not show when the run is printed.

    Attributes
    ----------
    refused : tuple
        Number of each row that could not be met, and why.
    """

    id: str
    owner: str
    version: int
    state: str = WORKING
    done: int = 0
    of: int = 0
    letters: int = 0
    pages: int = 0
    refused: tuple[tuple[int, str], ...] = ()
    report: str = ""
    problem: str = ""
    pdf: bytes = field(default=b"", repr=False)


class Runs:
    """The letter runs of one portal."""

    def __init__(self, kept_seconds: float = KEPT_SECONDS) -> None:
        self._kept_seconds = kept_seconds
        self._guard = threading.Lock()
        self._runs: dict[str, Run] = {}

    def start(self, owner: str, data: bytes, version: Version, paper: Paper) -> Run:
        """Begin a run; the same person's finished runs are let go.

        Raises
        ------
        BusyError
            When the person has a run that is not finished.
        """
        run = Run(str(uuid.uuid4()), owner, version.number)
        with self._guard:
            mine = [one for one in self._runs.values() if one.owner == owner]
            if any(one.state == WORKING for one in mine):
                raise BusyError("Your last letter run is not finished: wait for it, then start the next.")
            for one in mine:
                del self._runs[one.id]
            self._runs[run.id] = run
        end = threading.Timer(self._kept_seconds, self.forget, (run.id,))
        end.daemon = True
        end.start()
        order: dict[str, Any] = {
            "kind": Kind.INSERT,
            "site": version.settings,
            "languages": version.languages,
            "paper": paper,
            "edition": edition_words(version.edition()),
        }
        threading.Thread(target=self._make, args=(run.id, data, order), daemon=True).start()
        return run

    def _make(self, key: str, data: bytes, order: dict[str, Any]) -> None:
        def progress(done: int, of: int) -> None:
            self._change(key, done=done, of=of)

        try:
            made = RUNS.make("letters", data, progress, **order)
        except (NoticeError, PressAway) as error:
            self._change(key, state=FAILED, problem=str(error))
        except Exception as error:  # noqa: BLE001  # a thread has nobody above it: note the kind, and say that it failed
            log.warning("letter run failed", kind=type(error).__name__)
            self._change(key, state=FAILED, problem="The letters could not be made. Try again.")
        else:
            refused = tuple((one["row"], one["reason"]) for one in made.words.pop("refused"))
            self._change(key, state=READY, refused=refused, pdf=made.data, **made.words)

    def _change(self, key: str, **values: Any) -> None:
        with self._guard:
            if key in self._runs:
                self._runs[key] = replace(self._runs[key], **values)

    def get(self, key: str, owner: str) -> Run | None:
        """Return a person's own run."""
        with self._guard:
            found = self._runs.get(key)
        return found if found is not None and found.owner == owner else None

    def take(self, key: str, owner: str) -> bytes | None:
        """Return the PDF of a person's own run and let it go; None when there is none."""
        with self._guard:
            found = self._runs.get(key)
            if found is None or found.owner != owner or found.state != READY:
                return None
            self._runs[key] = replace(found, state=TAKEN, pdf=b"")
        return found.pdf

    def forget(self, key: str) -> None:
        """Let a run go."""
        with self._guard:
            self._runs.pop(key, None)
