"""What a job is, sealed on disk, and where it stands, in the table (`states`), which names no patient."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from orthanc_plugin.engine.errors import AwayError, NoSpaceError, NotReadyError
from orthanc_plugin.engine.jobs.case import Case, read_case
from orthanc_plugin.engine.jobs.not_released import counts
from orthanc_plugin.engine.jobs.states import State, States
from orthanc_plugin.engine.jobs.taken_up import take_up
from orthanc_plugin.engine.jobs.vault import Vault
from orthanc_plugin.engine.logs import log

ENDED = ("failed", "recalled")
KEPT, HANDED_OVER = "kept", "handed over"
"""What became of a package; None before there is one, and when it was destroyed."""
_CASE, _PACKAGE = "case", "package"
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
        Folder of ``<job>/`` (sealed case and package).
    project_key
        Opens what is sealed.
    executor_id
        Which engine this is; a claim of another engine is respected.
    states
        Where jobs stand, and who hands one over.
    """

    work: Path
    packages: Path
    project_key: bytes = field(repr=False)
    executor_id: str
    states: States
    _unwritten: dict[str, State] = field(default_factory=dict, repr=False)
    """Where jobs stand that the disk had no room to say; true all the same, and written with the next change of any."""
    _claims: set[str] = field(default_factory=set, repr=False)
    """Claims that the disk had no room to give back."""

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
            self.states.add(job, {**first, **rest, **state})
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
            self.states.forget(job)
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

    def state(self, job: str) -> State | None:
        """Return where a job stands; None when there is no such job.

        Raises
        ------
        AwayError
            The database does not answer.
        """
        return self._unwritten.get(job) or self.states.get(job)

    def is_kept(self, job: str) -> bool:
        """Say whether a package of the job waits to be fetched."""
        return (self.state(job) or {}).get("package") == KEPT

    def update(self, job: str, **changes: Any) -> None:
        """Change the state of a job; one that has ended stays as it ended."""
        self._change(job, changes, {})

    def move_on(self, job: str, before: State, **changes: Any) -> None:
        """Change the state of a job that still stands as `before` says; another has gone on by itself."""
        self._change(job, changes, before)

    def _change(self, job: str, changes: State, before: State) -> None:
        state = self.state(job)
        after = None if state is None else _changed(state, changes, before)
        if after is None:
            return
        if self.states.in_a_step:  # it is written with the step, or the step has failed
            self.states.change(job, lambda stands: _changed(stands, changes, before))
            return
        for waiting, unwritten in list(self._unwritten.items()):
            if waiting != job:
                self._keep(waiting, partial(_in_its_place, unwritten), unwritten)
        self._keep(job, lambda stands: _changed(self._unwritten.get(job, stands), changes, before), after)

    def _keep(self, job: str, changed: Callable[[State], State | None], otherwise: State) -> None:
        """Write where a job stands; while there is no room for that, keep `otherwise` in memory."""
        try:
            self.states.change(job, changed)
        except NoSpaceError:
            self._unwritten[job] = otherwise
        else:
            self._unwritten.pop(job, None)

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
        NoSpaceError, AwayError
        """
        if job in self._claims:
            self.states.give_back(job)
            self._claims.discard(job)
        if not self.kept(job).exists() or not self.states.claim(job, self.executor_id):
            raise NotReadyError("the package is being handed over at this moment")
        try:
            yield
        except BaseException:
            self._give_back(job)
            raise

    def _give_back(self, job: str) -> None:
        try:
            self.states.give_back(job)
        except (NoSpaceError, AwayError) as error:
            self._claims.add(job)
            log().error("a claim could not be given back yet", job=job, error=type(error).__name__)

    def ids(self) -> Iterator[str]:
        """Yield every job that has a state."""
        yield from self.states.ids()

    def open(self) -> None:
        """Make the table, and take up what an engine before it kept as files; call it before anything else.

        Raises
        ------
        NoSpaceError, AwayError, sqlalchemy.exc.SQLAlchemyError
        """
        self.states.prepare()
        if taken := take_up(self.packages, self.states):
            log().info("jobs of the version before were taken up", count=taken)

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
        self.states.give_all_back(self.executor_id)
        for job in self.states.not_changed_since(time.time() - KEEP_DAYS * 86400):
            if job not in living:
                self.states.forget(job)
        return swept

    def _lives(self, job: str) -> bool:
        state = self.state(job)
        if state is None or state["state"] in ENDED or is_held_for_good(state):
            return False
        return bool(state["package"] != HANDED_OVER or state.get("owes_record"))


def _in_its_place(state: State, _stands: State) -> State:
    return state


def _changed(state: State, changes: State, before: State) -> State | None:
    """Return the state after a change; None where there is nothing to change, or it may not be changed any more."""
    if state["state"] in ENDED or all(state.get(key) == value for key, value in changes.items()):
        return None
    if any(state.get(key) != value for key, value in before.items()):
        return None
    return {**state, **changes}


def is_over(state: State | None) -> bool:
    """Say whether a job has ended: nothing of it is left, or it never was."""
    return state is None or state["state"] in ENDED


def waits_for_answer(state: State) -> bool:
    """Say whether a job waits for what the patient answers; nothing of it has been worked on."""
    return bool(state.get("state") == "held" and state.get("question"))


def waits_for_person(state: State) -> bool:
    """Say whether a job of which nothing can be released yet waits for a person to look at its images."""
    return bool(state.get("state") == "held" and not state.get("released") and state.get("waiting_images"))


def may_still_leave(state: State) -> bool:
    """Say whether something that was made or is being made in this state can still be handed over or sent."""
    if waits_for_answer(state):
        return False
    if state["state"] == "ready":
        return bool(state["package"] == KEPT)
    return not is_over(state) and not is_held_for_good(state)


def is_held_for_good(state: State) -> bool:
    """Say whether a job is held because nothing of it can leave; else it waits for a person, to look or to answer."""
    waits = waits_for_answer(state) or waits_for_person(state)
    return bool(state["state"] == "held" and not state["released"] and not waits)


def is_collectable(state: State, now: float) -> bool:
    """Say whether a job in this state has a package that whoever asked for it can fetch now."""
    return bool(state["state"] == "ready" and state["package"] == KEPT and now <= state["expires_at"])


def _discard(path: Path, project_key: bytes) -> None:
    if path.is_dir():
        Vault(path, project_key).destroy()
    else:
        path.unlink(missing_ok=True)
