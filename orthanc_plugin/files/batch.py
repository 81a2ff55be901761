"""A run over many files: each is de-identified and verified before it gets its name; a reason for each that is not.

Twice over all files: first what they say about their patients is learnt, then each is de-identified, and what was
written is verified against what is known of all patients of the run.
"""

import gc
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from orthanc_plugin.deid.errors import Status
from orthanc_plugin.deid.markers import ConsentBasis
from orthanc_plugin.deid.pixels.face_sight import UNASKED, FaceSight
from orthanc_plugin.deid.pseudonyms.keys import ReleaseKey
from orthanc_plugin.deid.rules.plan import plan_for
from orthanc_plugin.deid.rules.profile import Profile
from orthanc_plugin.deid.single import Request, treat
from orthanc_plugin.files import output
from orthanc_plugin.files.faces import faces_in
from orthanc_plugin.files.learn import Learnt, Own, learn
from orthanc_plugin.files.original import Original, Stamp, UnreadableSourceError, opened
from orthanc_plugin.files.sources import Source
from orthanc_plugin.files.workers import alone, spread
from orthanc_plugin.files.written import Written
from orthanc_plugin.verify import Kind, KnownIdentifiers, findings_in_pixels, verify

_SHOWN_FINDINGS = 5
_MOST_OF_A_PART, _PARTS_OF_A_WORKER = 16, 8
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
    pixels: str = ""


Verdict = tuple[Status, str, str] | tuple[Status, str, str, str]
"""Of a result, all but the name of the source."""


_ENDED_ON_IT: Verdict = (
    "quarantined",
    "",
    "the system ended the process that worked on it, perhaps for want of memory; run again with --workers 1",
)


@dataclass(frozen=True, slots=True)
class Task:
    """One file, with what was learnt of it."""

    source: Source
    own: Own | None
    stamp: Stamp | None
    face: bytes | None = field(default=None, repr=False)


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
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001  whatever one file does, the others go on, and its text stays here
        reason = f"it could not be processed ({type(error).__name__}); a person has to look at it"
        return "quarantined", "", reason


def _one(run: Run, task: Task, known: KnownIdentifiers, original: Original) -> Verdict:
    face = UNASKED if task.face is None else FaceSight.of(task.face)
    treated = treat(original.data, run.request, face=face)
    outcome = treated.outcome
    if not treated.pieces:
        return outcome.status, "", outcome.reason
    if task.own is None:
        return "quarantined", "", "the independent verification cannot read its original, so nothing can be verified"
    if original.stamp != task.stamp:
        raise UnreadableSourceError("somebody wrote to it during the run; run again when it is complete")
    own = KnownIdentifiers(task.own).excluding(run.kept) if run.kept else KnownIdentifiers(task.own)

    def grave(handle: int) -> list[str]:
        found = [str(finding) for finding in verify(handle, known, own=own) if finding.quarantines]
        if outcome.pixels.read_twice:
            found += map(str, findings_in_pixels(_whole(handle), known))
        return found

    name, found = output.write(run.target, original, outcome.sop_instance_uid, treated.pieces, grave)
    if name:
        return "released", name, "", outcome.pixels.statement()
    reason = "the independent verification found what must not be there: " + "; ".join(found[:_SHOWN_FINDINGS])
    return "quarantined", "", reason


def _whole(handle: int) -> bytes:
    return os.pread(handle, os.fstat(handle).st_size, 0)


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
    faces = faces_in(found, 1)
    for task in map(Task, found, learnt.own, learnt.stamps, map(faces.get, range(len(found)))):
        yield one(run, task, known)


def _spread(run: Run, found: list[Source], workers: int) -> Iterator[Verdict]:
    size = max(1, min(_MOST_OF_A_PART, len(found) // (workers * _PARTS_OF_A_WORKER)))
    parts = [slice(start, start + size) for start in range(0, len(found), size)]
    learnt = Learnt()

    def learn_part(number: int) -> Learnt:
        return learn(found[parts[number]], run.key, run.profile)

    def learn_singly(number: int) -> Learnt:
        """Learn of each file in a process of its own: the one that ended the process is not known, and stays."""
        singly = Learnt()
        for source in found[parts[number]]:
            more = alone(partial(learn, [source], run.key, run.profile))
            singly.extend(more or Learnt(own=[None], stamps=[None]))
        return singly

    for more in spread(learn_part, len(parts), workers, learn_singly):
        learnt.extend(more)
    known = learnt.known(run.kept)
    faces = faces_in(found, workers)
    tasks = list(map(Task, found, learnt.own, learnt.stamps, map(faces.get, range(len(found)))))
    plan_for(run.profile, "")  # compiled before the processes part, so that they share it
    verify(b"", known)  # as is what to search for
    written = Written(len(found))

    def treat_part(number: int) -> list[Verdict]:
        return [_kept(written, place, one(run, tasks[place], known)) for place in _places(parts[number], len(found))]

    def treat_singly(number: int) -> list[Verdict]:
        """Finish the part of a process that ended: what it had written stays, each other file gets its own process."""
        return [
            _released(written, place) or alone(partial(one, run, tasks[place], known)) or _ENDED_ON_IT
            for place in _places(parts[number], len(found))
        ]

    for verdicts in spread(treat_part, len(parts), workers, treat_singly):
        yield from verdicts


def _kept(written: Written, place: int, verdict: Verdict) -> Verdict:
    if verdict[1]:
        written.keep(place, verdict[1])
    return verdict


def _released(written: Written, place: int) -> Verdict | None:
    name = written.name(place)
    return ("released", name, "") if name else None


def _places(part: slice, count: int) -> range:
    return range(*part.indices(count))
