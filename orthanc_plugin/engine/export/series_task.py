"""One series of a job, as a worker is given it."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class SeriesTask:
    """One series of a job, to be looked at whole.

    Parameters
    ----------
    folder
        The job's folder.
    number
        Of the series within the job.
    study
        Of the series within the job.
    modality
        As Orthanc tells it.
    objects
        Position and Orthanc's identifier of each.
    """

    folder: Path
    number: int
    study: int
    modality: str
    objects: tuple[tuple[int, str], ...] = field(repr=False)
