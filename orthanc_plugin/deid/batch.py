"""A run over many files: each is de-identified and verified before it gets its name; a reason for each that is not.

Twice over all files: first what they say about their patients is learnt, then each is de-identified, and what was
written is verified against what is known of all patients of the run.
"""

import gc
import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from orthanc_plugin.deid import output
from orthanc_plugin.deid.keys import ReleaseKey
from orthanc_plugin.deid.learn import Learnt, Own, learn
from orthanc_plugin.deid.markers import ConsentBasis
from orthanc_plugin.deid.original import Original, Stamp, UnreadableSourceError, opened
from orthanc_plugin.deid.outcome import Status
from orthanc_plugin.deid.profile import Profile
from orthanc_plugin.deid.single import Request, treat_file
from orthanc_plugin.deid.sources import Source
from orthanc_plugin.deid.verify import Kind, KnownIdentifiers, verify

_SHOWN_FINDINGS = 5
_MOST_OF_A_PART, _PARTS_OF_A_WORKER = 32, 4
_COLLECT_AFTER = 100_000  # objects; a walk makes thousands of small tuples and no cycles
_KEPT: dict[str, frozenset[Kind]] = {"send-out": frozenset({Kind.DATE, Kind.DEVICE})}


@dataclass(frozen=True, slots=True)
class Run:
    """What all files of a run share."""

    target: Path
    profile: Profile
    key: ReleaseKey
    consent: ConsentBasis | None = None
    request: Request = field(init=False)

    def __post_init__(self) -> None:
        """Say once what is wanted of each object."""
        object.__setattr__(self, "request", Request(self.profile, self.key, self.consent))

    @property
    def kept(self) -> frozenset[Kind]:
        """Return the kinds of identifier that the profile keeps by design."""
        return _KEPT.get(self.profile.name, frozenset())


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the report."""

    source: str
    status: Status
    output: str
    reason: str


Verdict = tuple[Status, str, str]
"""Of a result, all but the name of the source."""


@dataclass(frozen=True, slots=True)
class Task:
    """One file, with what was learnt of it."""

    source: Source
    own: Own | None
    stamp: Stamp | None


def one(run: Run, task: Task, known: KnownIdentifiers) -> Verdict:
    """De-identify, write and verify one file.

    Parameters
    ----------
    run : Run
        What was asked for.
    task : Task
        The file.
    known : KnownIdentifiers
        What is known of all patients of the run.

    Raises
    ------
    OSError
        When the output cannot be written: no space, no permission.
    """
    if task.source.refusal:
        return "excluded", "", task.source.refusal
    try:
        with opened(task.source.path) as original:
            return _one(run, task, known, original)
    except UnreadableSourceError as error:
        return "quarantined", "", f"the file cannot be read: {error}"


def _one(run: Run, task: Task, known: KnownIdentifiers, original: Original) -> Verdict:
    treated = treat_file(original, run.request)
    outcome = treated.outcome
    if not treated.pieces:
        return outcome.status, "", outcome.reason
    if original.stamp != task.stamp:
        raise UnreadableSourceError("somebody wrote to it during the run; run again when it is complete")
    if task.own is None:
        return "quarantined", "", "the independent verification cannot read its original, so nothing can be verified"
    own = KnownIdentifiers(task.own).excluding(run.kept) if run.kept else KnownIdentifiers(task.own)

    def grave(handle: int) -> list[str]:
        return [str(finding) for finding in verify(handle, known, own=own) if finding.quarantines]

    name, found = output.write(run.target, original, outcome.sop_instance_uid, treated.pieces, grave)
    if name:
        return "released", name, ""
    reason = "the independent verification found what must not be there: " + "; ".join(found[:_SHOWN_FINDINGS])
    return "quarantined", "", reason


@dataclass(slots=True)
class _Worker:
    """What a worker process was forked with, and what it is told later through memory that has no name."""

    run: Run
    found: list[Source]
    memory: int
    known: KnownIdentifiers | None = None


_worker: list[_Worker] = []


def _start(worker: _Worker) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker[:] = [worker]


def _learn_part(part: range) -> Learnt:
    worker = _worker[0]
    return learn(worker.found[part.start : part.stop], worker.run.key, worker.run.profile)


def _part(part: range, learnt: list[tuple[Own | None, Stamp | None]]) -> list[Verdict]:
    worker = _worker[0]
    if worker.known is None:
        size = os.fstat(worker.memory).st_size
        worker.known = pickle.loads(os.pread(worker.memory, size, 0))  # noqa: S301  our own parent wrote it
    tasks = map(Task, worker.found[part.start : part.stop], *zip(*learnt, strict=True))
    return [one(worker.run, task, worker.known) for task in tasks]


def batch(run: Run, found: list[Source], workers: int, done: Callable[[int], None]) -> Iterator[Result]:
    """Treat all files over several processes, results in the order of the files.

    Parameters
    ----------
    run : Run
        What they share.
    found : list of Source
        From `sources`.
    workers : int
        Processes; 1 works in this one.
    done : callable
        Told how many more are finished.

    Raises
    ------
    OSError
        When the output cannot be written, or the system ended a process.
    """
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
    verdicts = _here(run, found) if workers == 1 else _spread(run, found, workers)
    for source, verdict in zip(found, verdicts, strict=True):
        yield Result(source.name, *verdict)
        done(1)


def _here(run: Run, found: list[Source]) -> Iterator[Verdict]:
    learnt = learn(found, run.key, run.profile)
    known = learnt.known(run.kept)
    for task in map(Task, found, learnt.own, learnt.stamps):
        yield one(run, task, known)


def _spread(run: Run, found: list[Source], workers: int) -> Iterator[Verdict]:
    size = max(1, min(_MOST_OF_A_PART, len(found) // (workers * _PARTS_OF_A_WORKER)))
    parts = [range(start, min(start + size, len(found))) for start in range(0, len(found), size)]
    run.profile.plan("")  # compiled before the processes part, so that they share it
    memory = os.memfd_create("known", os.MFD_CLOEXEC)
    try:
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(workers, context, initializer=_start, initargs=(_Worker(run, found, memory),)) as pool:
            learnt = Learnt()
            for more in pool.map(_learn_part, parts):
                learnt.extend(more)
            with open(memory, "wb", closefd=False) as file:
                pickle.dump(learnt.known(run.kept), file)
            told = list(zip(learnt.own, learnt.stamps, strict=True))
            for verdicts in pool.map(_part, parts, (told[part.start : part.stop] for part in parts)):
                yield from verdicts
    except BrokenProcessPool:
        msg = "the system ended a process, perhaps for want of memory; run again with fewer --workers"
        raise OSError(None, msg) from None
    finally:
        os.close(memory)
