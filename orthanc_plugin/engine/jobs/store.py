"""What a job is and where it stands, on disk. The state file holds no identifier of a patient; the rest is sealed."""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orthanc_plugin.engine.errors import NoSpaceError, NotReadyError
from orthanc_plugin.engine.jobs.case import Case, read_case
from orthanc_plugin.engine.jobs.not_released import counts
from orthanc_plugin.engine.jobs.vault import Vault, disk, write_atomically

ENDED = ("failed", "recalled")
KEPT, HANDED_OVER = "kept", "handed over"
"""What became of a package; None before there is one, and when it was destroyed."""
_CASE, _PACKAGE, _CLAIM = "case", "package", "claim"
_STATE = ".json"
KEEP_DAYS = 30
"""How long the state of an ended job can still be asked for."""


@dataclass(frozen=True)
class Jobs:
    """All jobs of an engine.

    Parameters
    ----------
    work
        Folder of what is being worked on: ``work/<job>``, gone when the package is made.
    packages
        Folder of ``<job>.json`` (state) and ``<job>/`` (sealed request and package).
    project_key
        Opens what is sealed.
    executor_id
        Which engine this is; a claim of another engine is respected.
    """

    work: Path
    packages: Path
    project_key: bytes = field(repr=False)
    executor_id: str
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _unwritten: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    """Where jobs stand that the disk had no room to say; true all the same, and written with the next change of any."""

    def create(self, job: str, case: Case, **state: Any) -> None:
        """Seal the case of a new job and write its first state.

        Raises
        ------
        NoSpaceError
            Nothing of it is left behind.
        """
        vault = self.kept(job)
        first = {"job": job, "state": "queued", "progress": 0.0, "released": 0, **counts(())}
        rest: dict[str, Any] = {
            "reasons": [],
            "warnings": [],
            "held_back": [],
            "waiting_for": None,
            "waiting_images": 0,
            "held_until": None,
            "round": 0,
            "question": None,
            "package": None,
            "created_at": time.time(),
            "engine": self.executor_id,
        }
        try:
            vault.create()
            vault.write(_CASE, case.as_bytes())
            self._write(job, {**first, **rest, **state})
        except BaseException:
            vault.destroy()
            raise

    @contextmanager
    def created(self, job: str, case: Case, **state: Any) -> Iterator[None]:
        """Create a job and keep it, unless it cannot be begun: then nothing of it stays.

        Raises
        ------
        NoSpaceError
        """
        self.create(job, case, **state)
        try:
            yield
        except BaseException:
            self.kept(job).destroy()
            (self.packages / f"{job}{_STATE}").unlink(missing_ok=True)
            raise

    def case(self, job: str) -> Case:
        """Return the sealed case: who asked for what, the plan, the decision.

        Raises
        ------
        DestroyedError
            When the job is over.
        UnreadableCaseError
            When it was sealed by a version of the engine that this one does not know.
        """
        return read_case(self.kept(job).read(_CASE))

    def seal(self, job: str, case: Case) -> None:
        """Replace the sealed case of a job that waited for its answer.

        Raises
        ------
        NoSpaceError, DestroyedError
        """
        self.kept(job).write(_CASE, case.as_bytes())

    def kept(self, job: str) -> Vault:
        """Return what is kept until the package is handed over."""
        return Vault(self.packages / job, self.project_key)

    def bench(self, job: str) -> Vault:
        """Return what is worked on, empty at first."""
        vault = Vault(self.work / job, self.project_key)
        if not vault.exists():
            vault.destroy()
            vault.create()
        return vault

    def package(self, job: str) -> Path:
        """Return where the sealed package is."""
        return self.packages / job / _PACKAGE

    def state(self, job: str) -> dict[str, Any] | None:
        """Return where a job stands; None when there is no such job."""
        if unwritten := self._unwritten.get(job):
            return unwritten
        try:
            state: dict[str, Any] = json.loads((self.packages / f"{job}{_STATE}").read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        return state

    def is_kept(self, job: str) -> bool:
        """Say whether a package of the job waits to be fetched."""
        return (self.state(job) or {}).get("package") == KEPT

    def update(self, job: str, **changes: Any) -> None:
        """Change the state of a job; one that has ended stays as it ended."""
        self._change(job, changes)

    def move_on(self, job: str, before: dict[str, Any], **changes: Any) -> None:
        """Change the state of a job that still stands as `before` says; another has gone on by itself."""
        self._change(job, changes, before)

    def _change(self, job: str, changes: dict[str, Any], before: dict[str, Any] | None = None) -> None:
        with self._lock:
            state = self.state(job)
            if state is None or state["state"] in ENDED or all(state.get(key) == changes[key] for key in changes):
                return
            if any(state.get(key) != value for key, value in (before or {}).items()):
                return
            for waiting, unwritten in list(self._unwritten.items()):
                self._keep(waiting, unwritten)
            self._keep(job, {**state, **changes})

    def _keep(self, job: str, state: dict[str, Any]) -> None:
        """Write where a job stands; while there is no room for that, keep it in memory."""
        try:
            self._write(job, state)
        except NoSpaceError:
            self._unwritten[job] = state
        else:
            self._unwritten.pop(job, None)

    def _write(self, job: str, state: dict[str, Any]) -> None:
        write_atomically(self.packages / f"{job}{_STATE}", json.dumps(state).encode())

    def finish_bench(self, job: str) -> None:
        """Destroy what was worked on, with the release key."""
        Vault(self.work / job, self.project_key).destroy()

    def destroy(self, job: str) -> None:
        """Destroy everything of a job but its state."""
        self.finish_bench(job)
        self.kept(job).destroy()

    @contextmanager
    def claimed(self, job: str) -> Iterator[None]:
        """Take the sole right to hand a package over; whatever goes wrong while the context lasts gives it back.

        Raises
        ------
        NotReadyError
            Somebody else has it.
        NoSpaceError
        """
        claim = self.packages / job / _CLAIM
        try:
            with disk():
                descriptor = os.open(claim, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except (FileExistsError, FileNotFoundError):
            raise NotReadyError("the package is being handed over at this moment") from None
        try:
            with disk(), os.fdopen(descriptor, "w") as file:
                file.write(self.executor_id)
            yield
        except BaseException:
            claim.unlink(missing_ok=True)
            raise

    def ids(self) -> Iterator[str]:
        """Yield every job that has a state."""
        for path in self.packages.glob(f"*{_STATE}"):
            yield path.name.removesuffix(_STATE)

    def sweep(self) -> int:
        """Tidy up after a crash; call it before any job runs.

        What belongs to no living job is destroyed, half-written files are removed, claims of this engine are given
        back, and states older than `KEEP_DAYS` are forgotten.

        Returns
        -------
        int
            How many folders and files were destroyed.
        """
        living = set(filter(self._lives, self.ids()))
        swept = 0
        for folder in (*self.work.iterdir(), *(path for path in self.packages.iterdir() if path.is_dir())):
            if folder.name not in living:
                swept += 1
                _discard(folder, self.project_key)
        for part in (*self.work.rglob("*.part"), *self.packages.rglob("*.part")):
            part.unlink(missing_ok=True)
            swept += 1
        for claim in self.packages.glob(f"*/{_CLAIM}"):
            if claim.read_text() in (self.executor_id, ""):
                claim.unlink(missing_ok=True)
        self._forget(living)
        return swept

    def _lives(self, job: str) -> bool:
        state = self.state(job)
        if state is None or state["state"] in ENDED or is_held_for_good(state):
            return False
        return bool(state["package"] != HANDED_OVER or state.get("owes_record"))

    def _forget(self, living: set[str]) -> None:
        for job in self.ids():
            path = self.packages / f"{job}{_STATE}"
            if job not in living and time.time() - path.stat().st_mtime > KEEP_DAYS * 86400:
                path.unlink(missing_ok=True)


def is_over(state: dict[str, Any] | None) -> bool:
    """Say whether a job has ended: nothing of it is left, or it never was."""
    return state is None or state["state"] in ENDED


def waits_for_answer(state: dict[str, Any]) -> bool:
    """Say whether a job waits for what the patient answers; nothing of it has been worked on."""
    return bool(state.get("state") == "held" and state.get("question"))


def waits_for_person(state: dict[str, Any]) -> bool:
    """Say whether a job of which nothing can be released yet waits for a person to look at its images."""
    return bool(state.get("state") == "held" and not state.get("released") and state.get("waiting_images"))


def may_still_leave(state: dict[str, Any]) -> bool:
    """Say whether something that was made or is being made in this state can still be handed over or sent."""
    if waits_for_answer(state):
        return False
    if state["state"] == "ready":
        return bool(state["package"] == KEPT)
    return not is_over(state) and not is_held_for_good(state)


def is_held_for_good(state: dict[str, Any]) -> bool:
    """Say whether a job is held because nothing of it can leave; else it waits for a person, to look or to answer."""
    waits = waits_for_answer(state) or waits_for_person(state)
    return bool(state["state"] == "held" and not state["released"] and not waits)


def is_collectable(state: dict[str, Any], now: float) -> bool:
    """Say whether a job in this state has a package that whoever asked for it can fetch now."""
    return bool(state["state"] == "ready" and state["package"] == KEPT and now <= state["expires_at"])


def _discard(path: Path, project_key: bytes) -> None:
    if path.is_dir():
        Vault(path, project_key).destroy()
    else:
        path.unlink(missing_ok=True)
