"""A run over many files: each is de-identified and verified before it gets its name; a reason for each that is not."""

import gc
import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from orthanc_plugin.deid import output
from orthanc_plugin.deid.keys import ReleaseKey
from orthanc_plugin.deid.markers import ConsentBasis
from orthanc_plugin.deid.original import Original, UnreadableSourceError, opened
from orthanc_plugin.deid.outcome import Status
from orthanc_plugin.deid.profile import Profile
from orthanc_plugin.deid.single import Request, Treated, treat
from orthanc_plugin.deid.sources import Source
from orthanc_plugin.deid.verify import Finding, Kind, KnownIdentifiers, verify

_SHOWN_FINDINGS = 5
_CHUNK = 16
_COLLECT_AFTER = 100_000  # objects; a walk makes thousands of small tuples and no cycles
_KEPT: dict[str, frozenset[Kind]] = {"send-out": frozenset({Kind.DATE, Kind.DEVICE})}


@dataclass(frozen=True, slots=True)
class Run:
    """What all files of a run share."""

    target: Path
    profile: Profile
    key: ReleaseKey
    consent: ConsentBasis | None = None

    @property
    def request(self) -> Request:
        """Return what is wanted of each object."""
        return Request(self.profile, self.key, self.consent)

    def findings(self, data: bytes | Path, original: Original) -> list[Finding]:
        """Return what the independent verification says about an output."""
        known = KnownIdentifiers.from_bytes(original.data)  # type: ignore[arg-type]  # a memory map reads like bytes
        return verify(data, known.excluding(_KEPT[self.profile.name]) if self.profile.name in _KEPT else known)


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the report."""

    source: str
    status: Status
    output: str
    reason: str


def one(run: Run, source: Source) -> Result:
    """De-identify, verify and write one file.

    Raises
    ------
    OSError
        When the output cannot be written: no space, no permission.
    """
    if source.refusal:
        return Result(source.name, "excluded", "", source.refusal)
    try:
        with opened(source.path) as original:
            return _one(run, source, original)
    except UnreadableSourceError as error:
        return Result(source.name, "quarantined", "", f"the file cannot be read: {error}")


def _one(run: Run, source: Source, original: Original) -> Result:
    treated = treat(original.data, run.request)
    outcome = treated.outcome
    if not treated.pieces:
        return Result(source.name, outcome.status, "", outcome.reason)
    name, findings = _written(run, original, treated)
    if name:
        return Result(source.name, "released", name, "")
    reason = "the independent verification found what must not be there: " + "; ".join(findings[:_SHOWN_FINDINGS])
    return Result(source.name, "quarantined", "", reason)


def _written(run: Run, original: Original, treated: Treated) -> tuple[str, list[str]]:
    """Verify and write; return the name, or what was found."""
    if original.large:
        return output.large(run.target, original, treated, lambda path: _grave(run.findings(path, original)))
    data = original.joined(treated.pieces)
    grave = _grave(run.findings(data, original))
    return ("", grave) if grave else (output.small(run.target, treated.outcome.sop_instance_uid, data), [])


def _grave(findings: list[Finding]) -> list[str]:
    return [str(finding) for finding in findings if finding.quarantines]


_run: list[Run] = []


def _start(run: Run) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _run[:] = [run]


def _chunk(part: list[Source]) -> list[Result]:
    return [one(_run[0], source) for source in part]


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
    """
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
    if workers == 1:
        for source in found:
            yield one(run, source)
            done(1)
        return
    parts = [found[start : start + _CHUNK] for start in range(0, len(found), _CHUNK)]
    run.profile.plan("")  # compiled before the processes part, so that they share it
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, context, initializer=_start, initargs=(run,)) as pool:
        for results in pool.map(_chunk, parts):
            yield from results
            done(len(results))
