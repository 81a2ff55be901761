"""The work on the instances of a job: de-identify, verify, package; in chunks, each of which can be done again."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from typing import NotRequired, TypedDict

from pydicom.uid import UID

from orthanc_plugin.deid.pixels.devices import Register, Written
from orthanc_plugin.deid.pseudonyms import Pseudonym
from orthanc_plugin.deid.pseudonyms.label import SendOutLabel
from orthanc_plugin.engine.export import instance
from orthanc_plugin.engine.export.grey_levels import read_window
from orthanc_plugin.engine.jobs.case import Case, Verdict
from orthanc_plugin.engine.jobs.names import PIXELS, name_of
from orthanc_plugin.engine.jobs.not_released import ByPosition, Excluded, Failed, Recorded, outside_word, recorded
from orthanc_plugin.engine.jobs.pool import Crashed, Pool
from orthanc_plugin.engine.jobs.sealed import SealedWriter
from orthanc_plugin.engine.jobs.store import Jobs
from orthanc_plugin.engine.jobs.vault import Vault
from orthanc_plugin.engine.logs import log
from orthanc_plugin.engine.records import Planned
from orthanc_plugin.engine.treatment import labelling
from orthanc_plugin.engine.treatment.coding import Coding
from orthanc_plugin.engine.treatment.profiles import Treatment, treatment
from orthanc_plugin.packaging import HeldBack, Image, NothingToPackageError, Release, build

CHUNK = 16
"""Instances in one durable step: what a killed engine does again."""

DECIDABLE = ("D1", "D2", "D3", "D4")
"""Profiles under which people are asked about what the machine is not sure of; D0 is the original as it is."""
_ALL_KNOWN = "known"
_SHARES = {"de-identify": (0.1, 0.6), "verify": (0.6, 0.9)}


class Packed(TypedDict):
    """How many objects are released, what is not, and the package's SHA-256 (None where there is nothing to release).

    A step's result: it is recorded as it stands here. `waiting` says how many images somebody has to decide about.
    """

    released: int
    left: Recorded
    sha256: str | None
    waiting: NotRequired[int]


@dataclass(frozen=True)
class Preparing:
    """Does the work.

    Parameters
    ----------
    jobs
        Where jobs are kept.
    pool
        The processes.
    coding
        Draws the codes of limited access.
    owner
        The department's name, for the report.
    devices
        Where it is noted which devices write into their pictures (R23).
    """

    jobs: Jobs
    pool: Pool
    coding: Coding
    owner: str
    devices: Register

    def refuse_what_cannot_be_coded(self, verdict: Verdict) -> None:
        """Refuse limited access where no key holder is set up, before any work is done.

        Raises
        ------
        RefusedError
        """
        self.coding.refuse_without_holder(treatment(verdict.profile, verdict.level))

    def chunks(self, job: str) -> int:
        """Return how many chunks the job has."""
        return -(-len(self.jobs.case(job).objects) // CHUNK)

    def deidentify(self, job: str, chunk: int) -> ByPosition:
        """De-identify one chunk and seal the results.

        Returns
        -------
        dict
            What is not released.

        Raises
        ------
        AwayError, NoSpaceError
        """
        case, bench = self.jobs.case(job), self.jobs.bench(job)
        chosen = treatment_of(case)
        key = self.coding.release_key(case, bench, chosen)
        stand_in = self._pseudonyms(case, bench, chosen)
        numbered = _chunk(case, chunk)
        tasks = [
            instance.Task(
                bench.folder,
                name_of(position),
                part.orthanc_id,
                part.sop_class_uid,
                chosen.deidentification,
                key,
                part.study in case.permit.consented,
                stand_in.get(part.study),
                _with_reports(case, chosen),
                decidable=is_decidable(case),
            )
            for position, part in numbered
        ]
        results = map(_done, self.pool.each(instance.prepare, tasks))
        done = list(zip((position for position, _ in numbered), results, strict=True))
        known = [found.known for _, found in done if found.known]
        bench.write_json(f"{_ALL_KNOWN}-{chunk:05}", [part.decode() for part in known])
        bench.write_json(
            f"{PIXELS}-{chunk:05}", [(position, found.pixels, found.read_twice) for position, found in done]
        )
        self._note_devices(found.written for _, found in done if found.written)
        return _not_released(done)

    def _note_devices(self, pictures: Iterator[Written]) -> None:
        """Note who writes into pictures; where that cannot be written, the export goes on all the same."""
        try:
            self.devices.note(pictures, datetime.now(UTC).date())
        except (OSError, sqlite3.Error) as error:
            log().warning("which devices write into pictures could not be noted", error=type(error).__name__)

    def gather(self, job: str) -> int:
        """Bring together what is known of all patients of the job; the verifier looks for all of it everywhere.

        Returns
        -------
        int
            From how many instances.
        """
        case, bench = self.jobs.case(job), self.jobs.bench(job)
        found: list[bytes] = []
        for chunk in range(self.chunks(job)):
            found += [part.encode() for part in bench.read_json(f"{_ALL_KNOWN}-{chunk:05}")]
        kept = treatment_of(case).kept
        bench.write(_ALL_KNOWN, instance.merged(found, case.subjects, kept), durable=False)
        return len(found)

    def verify(self, job: str, chunk: int, gone: Collection[int]) -> ByPosition:
        """Verify one chunk; what fails is destroyed and left out.

        Parameters
        ----------
        job, chunk
            Which.
        gone
            Positions of what is not released already.
        """
        case, bench = self.jobs.case(job), self.jobs.bench(job)
        here = {position: part.orthanc_id for position, part in _chunk(case, chunk) if position not in gone}
        positions, asks = list(here), is_decidable(case)
        if case.permit.profile == "D0":
            return {}
        labelled = bool(_label(case, 1))
        twice = {position for position, _, read_twice in bench.read_json(f"{PIXELS}-{chunk:05}") if read_twice}
        tasks = [
            instance.Checked(
                bench.folder,
                name_of(position),
                _ALL_KNOWN,
                labelled,
                position in twice,
                orthanc_id if asks else "",
            )
            for position, orthanc_id in here.items()
        ]
        results = map(_done, self.pool.each(instance.check, tasks))
        found = _not_released(zip(positions, results, strict=True))
        for position in found:
            bench.remove(name_of(position))
        return found

    def pack(self, job: str, found: ByPosition) -> Packed:
        """Make the package; `found` is not released."""
        case, bench, kept = self.jobs.case(job), self.jobs.bench(job), self.jobs.kept(job)
        plan = [(position, part) for position, part in case.numbered() if position not in found]
        if not plan or case.destination:
            return {"released": len(plan), "left": recorded(found), "sha256": None}
        images = [
            Image(part.study, part.series, position, partial(bench.read, name_of(position)), _label(case, position))
            for position, part in plan
        ]
        describe = partial(_described, case, [position for position, _ in plan])
        release = replace(self.release(case, found), pixels=tuple(self._statements(job, [at for at, _ in plan])))
        try:
            with SealedWriter(self.jobs.package(job), kept.key("package")) as out:
                built = build(release, images, describe, out, case.passphrase)  # type: ignore[arg-type]  # a raw stream
        except NothingToPackageError as error:
            return {"released": 0, "left": recorded(found | _unfit(plan, error.left_out)), "sha256": None}
        left = recorded(found | _unfit(plan, built.left_out))
        return {"released": built.released, "left": left, "sha256": out.sha256()}

    def _statements(self, job: str, positions: Collection[int]) -> Iterator[tuple[int, str]]:
        """Yield what was done to the pixels of each object that is released, by position."""
        bench = self.jobs.bench(job)
        if treatment_of(self.jobs.case(job)).deidentification is None:
            return
        for chunk in range(self.chunks(job)):
            for position, statement, _ in bench.read_json(f"{PIXELS}-{chunk:05}"):
                if position in positions:
                    yield position, statement

    def send(self, job: str, gone: Collection[int], store: Callable[[bytes], None]) -> None:
        """Give each object that may leave to `store`, one at a time.

        Raises
        ------
        AwayError
            The destination did not take one; all are sent again later (the same objects, so nothing is there twice).
        """
        bench = self.jobs.bench(job)
        for position, _ in self.jobs.case(job).numbered():
            if position not in gone:
                store(bench.read(name_of(position)))

    def release(self, case: Case, found: ByPosition) -> Release:
        """Return what the package says about itself."""
        request, verdict = case.request, case.permit
        return Release(
            purpose=request.purpose,
            recipient=request.recipient,
            form=request.format,
            profile=verdict.profile,
            level=verdict.level,
            policy_version=verdict.policy_version,
            decision=verdict.decision,
            decided_at=verdict.decided_at,
            owner=self.owner,
            engines=tuple((part["name"], part["version"]) for part in engines(verdict.profile)),
            held_back=tuple(held_back(case, found)),
            warnings=case.warnings,
            window=read_window(case.window),
        )

    def _pseudonyms(self, case: Case, bench: Vault, chosen: Treatment) -> Mapping[int, Pseudonym | SendOutLabel]:
        """Return what stands for the patient of each study, by its position; nothing: a code of the release's key."""
        if chosen.linkable:
            return self.coding.pseudonyms(case, bench)
        if case.label and chosen.labelled:
            return dict.fromkeys(range(1, len(case.subjects) + 1), labelling.of_patient(case.label))
        return {}


_CRASHED = Failed(
    "its processing ended abnormally, so it stays back; tell your administrator if it is an ordinary image"
)


def _done(result: instance.Done | Crashed) -> instance.Done:
    return instance.Done(_CRASHED) if isinstance(result, Crashed) else result


def progress(phase: str, chunk: int, chunks: int) -> float:
    """Return how far a job is, from 0 to 1, when a chunk of a phase is done."""
    low, high = _SHARES[phase]
    return round(low + (high - low) * (chunk + 1) / chunks, 4)


def engines(profile: str) -> list[dict[str, str]]:
    """Return name and version of the two engines that de-identify and verify (R74); none for the original."""
    if profile == "D0":
        return []
    ours = version("anonymise-or-ask")
    return [
        {"name": "Anonymise or Ask de-identification", "version": f"{ours} (pydicom {version('pydicom')})"},
        {"name": "Anonymise or Ask independent verification", "version": ours},
    ]


def held_back(case: Case, found: ByPosition) -> Iterator[HeldBack]:
    """Yield what is not released, by position, modality and kind, in the outside's words."""
    for position, what in sorted(found.items(), key=lambda pair: pair[0]):
        part = case.objects[position - 1]
        yield HeldBack(position, part.modality, UID(part.sop_class_uid).name, outside_word(what), what.reason)


def _described(case: Case, positions: list[int], index: int, reason: str) -> HeldBack:
    return next(held_back(case, {positions[index]: Excluded(reason)}))


def _unfit(plan: list[tuple[int, Planned]], left_out: Sequence[tuple[int, str]]) -> ByPosition:
    return {plan[index][0]: Excluded(reason) for index, reason in left_out}


def treatment_of(case: Case) -> Treatment:
    """Return how a job treats its objects."""
    return treatment(case.permit.profile, case.permit.level)


def is_decidable(case: Case) -> bool:
    """Say whether a person may decide about what the machine is not sure of in a job."""
    return treatment_of(case).profile in DECIDABLE


def _with_reports(case: Case, chosen: Treatment) -> bool:
    """Say whether structured reports may be part of the release (R32)."""
    return (chosen.reports or case.reports) and not case.permit.no_reports


def _label(case: Case, position: int) -> str:
    """Return what the object's file is called in a package for a clinician in direct care (S1 L33-37)."""
    return labelling.of_object(case.label, position) if case.label and treatment_of(case).labelled else ""


def _chunk(case: Case, chunk: int) -> list[tuple[int, Planned]]:
    return list(case.numbered())[chunk * CHUNK : (chunk + 1) * CHUNK]


def _not_released(done: Iterable[tuple[int, instance.Done]]) -> ByPosition:
    return {position: result.not_released for position, result in done if result.not_released}
