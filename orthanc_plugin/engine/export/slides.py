"""Looks at the levels of a slide together: what is covered on one is covered on all that are exported with it."""

from dataclasses import astuple

from orthanc_plugin.deid.errors import HeldBackError
from orthanc_plugin.deid.pixels import looking
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.basis import basis_of
from orthanc_plugin.deid.pixels.levels import Level, from_beside
from orthanc_plugin.engine.errors import NotFoundError, UnreadableError
from orthanc_plugin.engine.export.deciding import Original
from orthanc_plugin.engine.export.instance import Reach, elsewhere_of
from orthanc_plugin.engine.export.reviewing import as_reviewed
from orthanc_plugin.engine.export.series_task import SeriesTask
from orthanc_plugin.engine.jobs.names import name_of
from orthanc_plugin.engine.jobs.vault import Vault

MODALITY = "SM"
NOT_LOOKED_AT = (
    "the process that looked at its slide's levels ended abnormally, so it stays back; tell your administrator"
)
WAITS = (
    "a person has to look at another level of its slide first: what is covered there is covered here, so it leaves "
    "with an export after that"
)


def look_at_levels(reach: Reach, task: SeriesTask) -> int:
    """Look at the slides of one series, and seal for each what it has to cover for the others.

    Returns
    -------
    int
        How many levels there are.

    Raises
    ------
    AwayError, NoSpaceError
    """
    vault = Vault(task.folder, reach.project_key)
    found: list[tuple[int, Level, tuple[Area, ...]]] = []
    waiting: dict[int, Level] = {}
    for position, orthanc_id in task.objects:
        try:
            data = reach.archive.bytes_of(orthanc_id)
        except (NotFoundError, UnreadableError):
            continue  # said when it is to be de-identified
        level = Level.of(data)
        if level is None:
            continue
        areas = _goes(Original(vault, reach.project_key, data))
        found.append((position, level, areas or ()))
        if areas is None:
            waiting[position] = level
    for position, areas in from_beside(found).items():
        told = [astuple(area) for area in areas]
        vault.write_json(elsewhere_of(name_of(position)), WAITS if _waits(position, found, waiting) else told)
    return len(found)


def _waits(position: int, found: list[tuple[int, Level, tuple[Area, ...]]], waiting: dict[int, Level]) -> bool:
    """Say whether a person has to look at another level of the slide first."""
    own = next(level for at, level, _ in found if at == position)
    return position not in waiting and any(level.is_beside(own) for level in waiting.values())


def _goes(original: Original) -> tuple[Area, ...] | None:
    """Return what goes from a level: what a person drew on it, else what is seen; None where a person has to look."""
    decisions = [one for one in original.decided().values() if basis_of(original.data, one.rule, one.why) == one.basis]
    if decisions:
        return as_reviewed(decisions).areas
    try:
        seen = looking.look(original.data)
    except HeldBackError:
        return ()  # it is held when it is to be de-identified
    if seen is None:
        return ()
    return None if seen.doubt else seen.shown()[0]
