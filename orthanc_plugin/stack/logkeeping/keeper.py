"""Which log an event of supervisord belongs into, and what is said of it there."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from orthanc_plugin.stack.logkeeping.file import LogFile, now
from orthanc_plugin.stack.logkeeping.lines import Lines

SUPERVISOR = "supervisor"
_MEGABYTE = 1_000_000
_WORDS = {
    "STARTING": "is being started",
    "RUNNING": "runs",
    "BACKOFF": "ended at its start and is started again",
    "STOPPING": "is told to stop",
    "EXITED": "ended by itself",
    "STOPPED": "has stopped",
    "FATAL": "cannot be started and was given up",
    "UNKNOWN": "is in a state that the supervisor does not know",
}


class Keeper:
    """The logs of one installation: one a part, and the supervisor's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._logs: dict[str, LogFile] = {SUPERVISOR: LogFile(folder / "supervisor.log", 5 * _MEGABYTE, 2)}
        self._lines: dict[str, Lines] = defaultdict(Lines)
        self._last = -1

    def keep(self, facts: Mapping[str, str], content: str) -> None:
        """Write down one event.

        Parameters
        ----------
        facts
            Its head: what happened, and its number.
        content
            A line of facts; then, after a line break, what a part wrote.
        """
        self._note_gap(int(facts["poolserial"]))
        event = facts["eventname"]
        about, _, written = content.partition("\n")
        part = dict(pair.split(":", 1) for pair in about.split() if ":" in pair)
        if event.startswith("PROCESS_LOG"):
            self._log(part["processname"]).write(self._lines[part["processname"]].of(written))
        elif event.startswith("PROCESS_STATE_"):
            self._say(f"{part['processname']} {_WORDS[event.removeprefix('PROCESS_STATE_')]}{_process(part)}")
        elif event.startswith("SUPERVISOR_STATE_CHANGE_"):
            self._say(f"the supervisor is {event.removeprefix('SUPERVISOR_STATE_CHANGE_').lower()}")
        for log in self._logs.values():
            log.catch_up()

    def _note_gap(self, number: int) -> None:
        """Say that supervisord had to drop events, because nobody took them."""
        if 0 <= self._last < number - 1:
            self._say(f"pieces of what the parts said that nobody took in time, and that are lost: "
                      f"{number - self._last - 1}")  # fmt: skip
        self._last = number

    def _say(self, text: str) -> None:
        self._logs[SUPERVISOR].write([f"{now()} {text}"])

    def _log(self, part: str) -> LogFile:
        if part not in self._logs:
            self._logs[part] = LogFile(self._folder / f"{part}.log", 20 * _MEGABYTE, 4)
        return self._logs[part]


def _process(part: Mapping[str, str]) -> str:
    return f" (process {part['pid']})" if part.get("pid", "0") != "0" else ""
