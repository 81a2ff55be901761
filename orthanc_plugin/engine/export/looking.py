"""Looks at each series of a job whole, before any of its objects is de-identified: a face shows in a volume (R25).

A series is read from Orthanc here and again when it is de-identified: the original never touches the disk, and holding
a long series in memory would cost more than reading it twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orthanc_plugin.deid import load_profile
from orthanc_plugin.deid.pixels.face_sight import FaceSight
from orthanc_plugin.deid.pixels.series import Belonging, SeriesLook, belonging_of, may_hold_a_head, with_scouts
from orthanc_plugin.engine.errors import NotFoundError, UnreadableError
from orthanc_plugin.engine.export.instance import Reach, elsewhere_of, face_of
from orthanc_plugin.engine.export.preparing import treatment_of
from orthanc_plugin.engine.export.series_task import SeriesTask
from orthanc_plugin.engine.export.slides import MODALITY, NOT_LOOKED_AT, look_at_levels
from orthanc_plugin.engine.export.telling import Telling
from orthanc_plugin.engine.jobs.case import Case
from orthanc_plugin.engine.jobs.names import name_of
from orthanc_plugin.engine.jobs.pool import Crashed, Pool
from orthanc_plugin.engine.jobs.store import Jobs
from orthanc_plugin.engine.jobs.vault import Vault

_BELONGING = "belonging"
_CRASHED = FaceSight("unsure", "the process that looked at its series ended abnormally")


def look(reach: Reach, task: SeriesTask) -> int:
    """Look at one series, and seal what is known of a face in each of its objects.

    Returns
    -------
    int
        Of how many something is known.

    Raises
    ------
    AwayError, NoSpaceError
    """
    vault = Vault(task.folder, reach.project_key)
    series = SeriesLook(task.modality)
    told: list[list[object]] = []
    for position, orthanc_id in task.objects:
        try:
            data = reach.archive.bytes_of(orthanc_id)
        except (NotFoundError, UnreadableError):
            continue  # said when it is to be de-identified
        belonging = belonging_of(data)
        series.suspected |= belonging.suspected
        told.append([position, belonging.suspected, belonging.itself])
        series.add(position, data)
    seen = series.finish()
    for position, sight in seen.items():  # on the disk for good: what is not there counts as never asked
        vault.write(face_of(name_of(position)), sight.encoded())
    heads = [position for position, sight in seen.items() if sight.verdict in ("head", "unsure")]
    vault.write_json(f"{_BELONGING}-{task.number:05}", {"objects": told, "heads": heads})
    return len(seen)


@dataclass(frozen=True)
class Looking:
    """Does the looking.

    Parameters
    ----------
    jobs
        Where jobs are kept.
    pool
        The processes.
    telling
        Asks what people decided about the images before.
    """

    jobs: Jobs
    pool: Pool
    telling: Telling

    def look(self, job: str) -> int:
        """Ask what was decided, then look at every series that may be a volume of a head, and at scouts beside it.

        Returns
        -------
        int
            How many series were looked at.

        Raises
        ------
        AwayError, NoSpaceError
        """
        case, bench = self.jobs.case(job), self.jobs.bench(job)
        self.telling.ask(job)
        chosen = treatment_of(case)
        if chosen.deidentification:
            self._look_at_slides(case, bench)
        if not chosen.deidentification or load_profile(chosen.deidentification).faces == "pass":
            return 0
        tasks = _tasks(case, bench.folder, may_hold_a_head)
        for done, (task, result) in enumerate(zip(tasks, self.pool.each(look, tasks), strict=True), 1):
            if isinstance(result, Crashed):
                _note_crash(bench, task)
            self.jobs.update(job, progress=round(0.1 * done / len(tasks), 4))
        _note_scouts(bench, tasks)
        return len(tasks)

    def _look_at_slides(self, case: Case, bench: Vault) -> None:
        tasks = _tasks(case, bench.folder, MODALITY.__eq__)
        tasks = [task for task in tasks if len(task.objects) > 1]
        for task, result in zip(tasks, self.pool.each(look_at_levels, tasks), strict=True):
            if isinstance(result, Crashed):
                for position, _ in task.objects:
                    bench.write_json(elsewhere_of(name_of(position)), NOT_LOOKED_AT)


def _tasks(case: Case, folder: Path, asked: Callable[[str], bool]) -> list[SeriesTask]:
    series: dict[tuple[int, int, str], list[tuple[int, str]]] = {}
    for position, part in case.numbered():
        if asked(part.modality):
            series.setdefault((part.study, part.series, part.modality), []).append((position, part.orthanc_id))
    return [
        SeriesTask(folder, number, study, modality, tuple(objects))
        for number, ((study, _, modality), objects) in enumerate(series.items())
    ]


def _note_crash(bench: Vault, task: SeriesTask) -> None:
    for position, _ in task.objects:
        bench.write(face_of(name_of(position)), _CRASHED.encoded())
    heads = [position for position, _ in task.objects]
    bench.write_json(f"{_BELONGING}-{task.number:05}", {"objects": [], "heads": heads})


def _note_scouts(bench: Vault, tasks: list[SeriesTask]) -> None:
    """Seal that scouts and renderings show a face, where their study holds a head or a word says so."""
    belongings: dict[int, Belonging] = {}
    seen: dict[int, FaceSight] = {}
    for task in tasks:
        told = bench.read_json(f"{_BELONGING}-{task.number:05}")
        study, series = str(task.study), str(task.number)
        for position in (*told["heads"], *(each[0] for each in told["objects"])):
            belongings[position] = Belonging(study, series, task.modality, 1, suspected=False, itself=False)
        for position, suspected, itself in told["objects"]:
            belongings[position] = Belonging(study, series, task.modality, 1, suspected=suspected, itself=itself)
        seen.update(dict.fromkeys(told["heads"], FaceSight("unsure")))
    for position, sight in with_scouts(belongings, seen).items():
        if position not in seen:
            bench.write(face_of(name_of(position)), sight.encoded())
