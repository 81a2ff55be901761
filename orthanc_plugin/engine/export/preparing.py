"""The work on the instances of a job: de-identify, verify, package; in chunks, each of which can be done again."""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from typing import Any

from pydicom.uid import UID

from orthanc_plugin.deid.pixels.devices import Register, Written
from orthanc_plugin.deid.pseudonyms import Pseudonym
from orthanc_plugin.deid.pseudonyms.label import SendOutLabel
from orthanc_plugin.engine.export import instance
from orthanc_plugin.engine.export.asking import Verdict
from orthanc_plugin.engine.export.grey_levels import read_window
from orthanc_plugin.engine.jobs.names import PIXELS, name_of
from orthanc_plugin.engine.jobs.pool import Crashed, Pool
from orthanc_plugin.engine.jobs.sealed import SealedWriter
from orthanc_plugin.engine.jobs.store import Jobs
from orthanc_plugin.engine.jobs.vault import Vault
from orthanc_plugin.engine.logs import log
from orthanc_plugin.engine.neighbours.archive import Planned
from orthanc_plugin.engine.treatment import labelling
from orthanc_plugin.engine.treatment.coding import Coding
from orthanc_plugin.engine.treatment.profiles import Treatment, treatment
from orthanc_plugin.packaging import HeldBack, Image, NothingToPackageError, Release, build

CHUNK = 16
"""Instances in one durable step: what a killed engine does again."""

Left = list[list[Any]]
"""``[position, status, reason, rule]`` of each instance that is left out; holds nothing of the instance itself.

*Excluded* is what is no part of this release. *Quarantined* with a rule is held: a person can let it pass. Quarantined
without one has failed: nobody can (docs/decisions/0172).
"""

DECIDABLE = ("D1", "D2", "D3", "D4")
"""Profiles under which people are asked about what the machine is not sure of; D0 is the original as it is."""
_ALL_KNOWN = "known"
_SHARES = {"de-identify": (0.1, 0.6), "verify": (0.6, 0.9)}


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
        return -(-len(self.jobs.case(job)["instances"]) // CHUNK)

    def deidentify(self, job: str, chunk: int) -> Left:
        """De-identify one chunk and seal the results.

        Returns
        -------
        list
            What is left out.

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
                part.study in case["verdict"]["consented"],
                stand_in.get(part.study),
                _with_reports(case, chosen),
                decidable=is_decidable(case),
            )
            for position, part in numbered
        ]
        results = self._followed(job, "de-identify", chunk, case, self.pool.each(instance.prepare, tasks))
        done = list(zip((position for position, _ in numbered), results, strict=True))
        known = [found.known for _, found in done if found.known]
        bench.write_json(f"{_ALL_KNOWN}-{chunk:05}", [part.decode() for part in known])
        bench.write_json(
            f"{PIXELS}-{chunk:05}", [(position, found.pixels, found.read_twice) for position, found in done]
        )
        self._note_devices(found.written for _, found in done if found.written)
        return _left(done)

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
        bench.write(_ALL_KNOWN, instance.merged(found, case["facts"], kept), durable=False)
        return len(found)

    def verify(self, job: str, chunk: int, left: Sequence[int]) -> Left:
        """Verify one chunk; what fails is destroyed and left out.

        Parameters
        ----------
        job, chunk
            Which.
        left
            Positions that are left out already.
        """
        case, bench = self.jobs.case(job), self.jobs.bench(job)
        here = {position: part.orthanc_id for position, part in _chunk(case, chunk) if position not in set(left)}
        positions, asks = list(here), is_decidable(case)
        if case["verdict"]["profile"] == "D0":
            return []
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
        results = self._followed(job, "verify", chunk, case, self.pool.each(instance.check, tasks))
        failed = _left(zip(positions, results, strict=True))
        for position, *_ in failed:
            bench.remove(name_of(position))
        return failed

    def pack(self, job: str, left: Left) -> dict[str, Any]:
        """Make the package and destroy what was worked on.

        Returns
        -------
        dict
            ``released``, ``left`` (all that is left out by now) and ``sha256`` (None when there is nothing to release).
        """
        case, bench, kept = self.jobs.case(job), self.jobs.bench(job), self.jobs.kept(job)
        gone = {position for position, *_ in left}
        plan = [(position, part) for position, part in enumerate(plan_of(case), 1) if position not in gone]
        if not plan:
            return {"released": 0, "left": left, "sha256": None}
        if case["destination"]:
            return {"released": len(plan), "left": left, "sha256": None}
        images = [
            Image(part.study, part.series, position, partial(bench.read, name_of(position)), _label(case, position))
            for position, part in plan
        ]
        describe = partial(_described, case, [position for position, _ in plan])
        release = replace(self.release(case, left), pixels=tuple(self._statements(job, [at for at, _ in plan])))
        try:
            with SealedWriter(self.jobs.package(job), kept.key("package")) as out:
                built = build(release, images, describe, out, case["passphrase"])  # type: ignore[arg-type]  # a raw stream
        except NothingToPackageError as error:
            return {"released": 0, "left": [*left, *_unfit(plan, error.left_out)], "sha256": None}
        return {
            "released": built.released,
            "left": sorted([*left, *_unfit(plan, built.left_out)]),
            "sha256": out.sha256(),
        }

    def _statements(self, job: str, positions: Collection[int]) -> Iterator[tuple[int, str]]:
        """Yield what was done to the pixels of each object that is released, by position."""
        bench = self.jobs.bench(job)
        if treatment_of(self.jobs.case(job)).deidentification is None:
            return
        for chunk in range(self.chunks(job)):
            for position, statement, _ in bench.read_json(f"{PIXELS}-{chunk:05}"):
                if position in positions:
                    yield position, statement

    def send(self, job: str, left: Collection[int], store: Callable[[bytes], None]) -> None:
        """Give each object that may leave to `store`, one at a time.

        Raises
        ------
        AwayError
            The destination did not take one; all are sent again later (the same objects, so nothing is there twice).
        """
        bench = self.jobs.bench(job)
        for position, _ in enumerate(self.jobs.case(job)["instances"], 1):
            if position not in left:
                store(bench.read(name_of(position)))

    def release(self, case: dict[str, Any], left: Left) -> Release:
        """Return what the package says about itself."""
        request, verdict = case["request"], case["verdict"]
        return Release(
            purpose=request["purpose"],
            recipient=request["recipient"],
            form=request["format"],
            profile=verdict["profile"],
            level=verdict["level"],
            policy_version=verdict["policy_version"],
            decision=verdict["decision"],
            decided_at=verdict["decided_at"],
            owner=self.owner,
            engines=tuple((part["name"], part["version"]) for part in engines(verdict["profile"])),
            held_back=tuple(held_back(case, left)),
            warnings=tuple(case.get("warnings", ())),
            window=read_window(case.get("window", "")),
        )

    def _pseudonyms(
        self, case: dict[str, Any], bench: Vault, chosen: Treatment
    ) -> Mapping[int, Pseudonym | SendOutLabel]:
        """Return what stands for the patient of each study, by its position; nothing: a code of the release's key."""
        if chosen.linkable:
            return self.coding.pseudonyms(case, bench)
        label = case.get("label")
        if label and chosen.labelled:
            return dict.fromkeys(range(1, len(case["facts"]) + 1), labelling.of_patient(label))
        return {}

    def _followed(
        self, job: str, phase: str, chunk: int, case: dict[str, Any], results: Iterator[Any]
    ) -> Iterator[instance.Done]:
        total, (low, high) = len(case["instances"]), _SHARES[phase]
        for number, result in enumerate(results, chunk * CHUNK + 1):
            self.jobs.update(job, progress=round(low + (high - low) * min(number, total) / total, 4))
            yield instance.Done("quarantined", _CRASHED) if isinstance(result, Crashed) else result


_CRASHED = "its processing ended abnormally, so it stays back; tell your administrator if it is an ordinary image"


def engines(profile: str) -> list[dict[str, str]]:
    """Return name and version of the two engines that de-identify and verify (R74); none for the original."""
    if profile == "D0":
        return []
    ours = version("anonymise-or-ask")
    return [
        {"name": "Anonymise or Ask de-identification", "version": f"{ours} (pydicom {version('pydicom')})"},
        {"name": "Anonymise or Ask independent verification", "version": ours},
    ]


def held_back(case: dict[str, Any], left: Left) -> Iterator[HeldBack]:
    """Yield what is left out, by position, modality and kind."""
    plan = plan_of(case)
    for position, status, reason, _ in sorted(left):
        part = plan[position - 1]
        yield HeldBack(position, part.modality, UID(part.sop_class_uid).name, status, reason)


def _described(case: dict[str, Any], positions: list[int], index: int, reason: str) -> HeldBack:
    return next(held_back(case, [[positions[index], "excluded", reason, ""]]))


def _unfit(plan: list[tuple[int, Planned]], left_out: Sequence[tuple[int, str]]) -> Left:
    return [[plan[index][0], "excluded", reason, ""] for index, reason in left_out]


def treatment_of(case: dict[str, Any]) -> Treatment:
    """Return how a job treats its objects."""
    return treatment(case["verdict"]["profile"], case["verdict"]["level"])


def is_decidable(case: dict[str, Any]) -> bool:
    """Say whether a person may decide about what the machine is not sure of in a job."""
    return treatment_of(case).profile in DECIDABLE


def _with_reports(case: dict[str, Any], chosen: Treatment) -> bool:
    """Say whether structured reports may be part of the release (R32)."""
    return (chosen.reports or bool(case.get("reports"))) and not case["verdict"].get("no_reports", False)


def _label(case: dict[str, Any], position: int) -> str:
    """Return what the object's file is called in a package for a clinician in direct care (S1 L33-37)."""
    return labelling.of_object(case["label"], position) if case.get("label") and treatment_of(case).labelled else ""


def plan_of(case: dict[str, Any]) -> list[Planned]:
    """Return the objects of a job, in the order of their positions, which count from 1."""
    return [Planned(*part) for part in case["instances"]]


def _chunk(case: dict[str, Any], chunk: int) -> list[tuple[int, Planned]]:
    return list(enumerate(plan_of(case), 1))[chunk * CHUNK : (chunk + 1) * CHUNK]


def _left(done: Any) -> Left:
    return [
        [position, result.status, result.reason, result.rule]
        for position, result in done
        if result.status != "released"
    ]
