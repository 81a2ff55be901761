"""The journal of direct-care reads: kept here until the engine has it, and never in the way of care (hazard H3).

A read is noted in memory by the filter, which costs microseconds. A thread of the gate then gathers what was noted,
writes it to the journal folder, and hands it to the engine. An engine that is away, a full disk or a folder that
cannot be written delay the record and are logged loudly; they never delay the reader.
"""

import json
import os
import re
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orthanc_plugin.gate.background import Background

_EVERY_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 60.0
_CLOSING_SECONDS = 60.0  # the supervisor gives Orthanc longer (orthanc_plugin/stack/programs.py)
_BATCH = 500
_IN_MEMORY = 50_000

ORTHANC_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{8}){4}\Z")
Entry = dict[str, Any]


class RefusedEntriesError(Exception):
    """The engine will never take these entries; they are set aside for a person instead of being tried for ever."""


@dataclass(frozen=True)
class Read:
    """What was read (or sent), by whom and how; equal reads within a few seconds become one entry with a count.

    Attributes
    ----------
    door
        The door's name in `doors.toml`.
    level
        patient, study, series or instance; empty where it has to be looked up.
    orthanc_id
        Orthanc's identifier; empty where only `uid` is known.
    uid
        A DICOM identifier to look up in the background. It is written only where Orthanc stops before it could be
        looked up, and is gone as soon as Orthanc runs again.
    """

    user: str
    role: str
    door: str
    level: str
    orthanc_id: str
    uid: str = ""


class Journal:
    """Gathers, writes and hands over.

    Parameters
    ----------
    folder
        Where entries wait (0700; its files 0600).
    hand_over
        Gives entries to the engine; raises while it is away, and `RefusedEntriesError` where it takes them never.
    look_up, level_of
        From a DICOM identifier to level and Orthanc identifier; from Orthanc's identifier to the level.
    complain
        Logs an error; is never given an identifier.
    """

    def __init__(
        self,
        folder: Path,
        hand_over: Callable[[list[Entry]], None],
        look_up: Callable[[str], list[tuple[str, str]]],
        level_of: Callable[[str], str | None],
        complain: Callable[[str], None],
    ) -> None:
        self._store = JournalFile(folder)
        self._hand_over = hand_over
        self._look_up = look_up
        self._level_of = level_of
        self._complain = complain
        self._noted: dict[Read, tuple[datetime, int]] = {}
        self._lock = threading.Lock()
        self._unwritten: list[Entry] = []
        self._next_try = 0.0
        self._pause = _EVERY_SECONDS
        self._turns = Background("journal", self._run)

    def start(self) -> None:
        """Start the thread that writes and hands over."""
        self._turns.start()

    def close(self) -> None:
        """Write what is noted and stop; what the engine has not taken waits in the folder for the next start."""
        self._complain = _to_the_console
        self._turns.close(_CLOSING_SECONDS)

    def note(self, read: Read) -> None:
        """Note a read. Called by the filter: no input or output, no waiting."""
        with self._lock:
            first, count = self._noted.get(read, (None, 0))
            self._noted[read] = (first or datetime.now(UTC), count + 1)

    def _run(self, over: threading.Event) -> None:
        while not over.wait(_EVERY_SECONDS):
            self.turn()
        # Orthanc is going down: asking it anything now would crash it. What has to be looked up waits for the next
        # start.
        self._write(self._gathered(_as_noted))

    def turn(self) -> None:
        """Write what was noted since the last turn, and hand over what waits; one turn of the thread."""
        self._write(self._gathered(self._found))
        if time.monotonic() < self._next_try:
            return
        try:
            self._store.deliver(self._hand_over_found)
            self._deliver_unwritten()
        except Exception as error:  # noqa: BLE001 -- the thread's outermost edge: it must outlive every fault
            self._next_try = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, _LONGEST_PAUSE_SECONDS)
            self._complain(
                f"the journal of direct-care reads waits: {type(error).__name__}; it is kept and tried again"
            )
        else:
            self._pause = _EVERY_SECONDS

    def _deliver_unwritten(self) -> None:
        """Hand over what the disk would not take."""
        while self._unwritten:
            self._store.hand_over_or_set_aside(self._unwritten[:_BATCH], self._hand_over_found)
            del self._unwritten[:_BATCH]

    def _gathered(self, finder: Callable[[Entry], list[Entry]]) -> list[Entry]:
        """Return what was noted as entries; what cannot be looked up at the moment is noted again."""
        with self._lock:
            noted, self._noted = self._noted, {}
        gathered: list[Entry] = []
        for read, (at, count) in noted.items():
            try:
                gathered += finder(_entry(read, at, count))
            except Exception as error:  # noqa: BLE001 -- the thread's outermost edge; the read is noted again
                self._complain(f"the journal cannot look up what was read: {type(error).__name__}; it tries again")
                self._note_again(read, at, count)
        return gathered

    def _found(self, entry: Entry) -> list[Entry]:
        """Return `entry` for each resource it means; what Orthanc does not know was not read at all."""
        uid = entry.pop("uid", "")
        if uid:
            return [{**entry, "level": level, "orthanc_id": found} for level, found in self._look_up(uid)]
        level = entry["level"] or self._level_of(entry["orthanc_id"])
        return [{**entry, "level": level}] if level else []

    def _hand_over_found(self, entries: list[Entry]) -> None:
        """Hand over `entries`; those that the last stop left unresolved are looked up first."""
        known = [row for entry in entries for row in ([entry] if _is_found(entry) else self._found(dict(entry)))]
        if known:
            self._hand_over(known)

    def _note_again(self, read: Read, at: datetime, count: int) -> None:
        with self._lock:
            _, more = self._noted.get(read, (at, 0))
            self._noted[read] = (at, count + more)

    def _write(self, entries: list[Entry]) -> None:
        waiting = self._unwritten + entries
        if not waiting:
            return
        try:
            self._store.append(waiting)
        except OSError as error:
            self._unwritten = waiting[-_IN_MEMORY:]
            lost = len(waiting) - len(self._unwritten)
            self._complain(
                f"the journal of direct-care reads cannot be written ({error.strerror}); {len(self._unwritten)} "
                f"entries wait in memory, {lost} are lost. Care goes on. Make room or mend the journal folder"
            )
        else:
            self._unwritten = []


def _to_the_console(text: str) -> None:
    """Complain without asking Orthanc, which is going down."""
    sys.stderr.write(text + "\n")


def _entry(read: Read, at: datetime, count: int) -> Entry:
    entry = {
        "key": uuid.uuid4().hex,
        "at": at.isoformat(timespec="milliseconds"),
        "user": read.user,
        "role": read.role,
        "door": read.door,
        "level": read.level,
        "orthanc_id": read.orthanc_id,
        "count": count,
    }
    return {**entry, "uid": read.uid} if read.uid else entry


def _as_noted(entry: Entry) -> list[Entry]:
    return [entry]


def _is_found(entry: Entry) -> bool:
    return bool(entry.get("level")) and "uid" not in entry


class JournalFile:
    """The entries that wait, on disk: new ones are appended to one file while another is handed over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting = folder / "waiting.jsonl"
        self._leaving = folder / "leaving.jsonl"

    def append(self, entries: Iterable[Entry]) -> None:
        """Write `entries` durably.

        Raises
        ------
        OSError
            Where the disk is full or the folder cannot be written; then nothing of them counts as written.
        """
        self._append(self._waiting, entries)

    def _append(self, file: Path, entries: Iterable[Entry]) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Begins with a line's end: a crash in the middle of the last writing costs that entry only.
        text = "\n" + _lines(entries)
        with _private(file, os.O_APPEND) as descriptor:
            start = os.fstat(descriptor).st_size
            try:
                _write_all(descriptor, text.encode())
            except OSError:
                with suppress(OSError):  # the fault that is raised below is the one to tell
                    os.ftruncate(descriptor, start)
                raise

    def deliver(self, hand_over: Callable[[list[Entry]], None]) -> None:
        """Hand over all that waits, in batches; what was taken is gone from the disk, the rest stays.

        Raises
        ------
        Exception
            Whatever `hand_over` raises.
        """
        if not self._leaving.exists():
            if not self._waiting.exists():
                return
            self._waiting.rename(self._leaving)
        entries = list(self._entries())
        while entries:
            self.hand_over_or_set_aside(entries[:_BATCH], hand_over)
            entries = entries[_BATCH:]
            self._keep(entries)
        self._leaving.unlink()

    def hand_over_or_set_aside(self, entries: list[Entry], hand_over: Callable[[list[Entry]], None]) -> None:
        """Hand over one batch; what will never be taken goes to `refused.jsonl`, where a person finds it."""
        try:
            hand_over(entries)
        except RefusedEntriesError:
            self._append(self._folder / "refused.jsonl", entries)

    def _entries(self) -> Iterator[Entry]:
        """Yield the entries of the file that is handed over; a crash leaves half a line behind."""
        for line in self._leaving.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue

    def _keep(self, entries: list[Entry]) -> None:
        rest = self._folder / "leaving.new"
        with _private(rest, os.O_TRUNC) as descriptor:
            _write_all(descriptor, _lines(entries).encode())
        rest.replace(self._leaving)


def _lines(entries: Iterable[Entry]) -> str:
    return "".join(json.dumps(entry) + "\n" for entry in entries)


@contextmanager
def _private(file: Path, mode: int) -> Iterator[int]:
    """Open `file` for writing so that only its owner can read it."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | mode, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data` durably: a full disk may take a part and say nothing."""
    while data:
        data = data[os.write(descriptor, data) :]
    os.fsync(descriptor)
