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


def look_at_levels(reach: Reach, task: SeriesTask) -> int:
    """Look at the slides of one series, and seal for each what it has to cover for the others.

    Returns
    -------
    int
        Of how many something is covered elsewhere.

    Raises
    ------
    AwayError, NoSpaceError
    """
    vault = Vault(task.folder, reach.project_key)
    found = []
    for position, orthanc_id in task.objects:
        try:
            data = reach.archive.bytes_of(orthanc_id)
        except (NotFoundError, UnreadableError):
            continue  # said when it is to be de-identified
        level = Level.of(data)
        if level is not None:
            found.append((position, level, _goes(Original(vault, reach.project_key, data))))
    beside = {position: areas for position, areas in from_beside(found).items() if areas}
    for position, areas in beside.items():
        vault.write_json(elsewhere_of(name_of(position)), [astuple(area) for area in areas])
    return len(beside)


def _goes(original: Original) -> tuple[Area, ...]:
    """Return what goes from a level: what a person drew on exactly this file, else what is seen."""
    decisions = [
        one
        for one in original.decided().values()
        if one.outcome == "release" and basis_of(original.data, one.rule, one.why) == one.basis
    ]
    if decisions:
        return as_reviewed(decisions).areas
    try:
        seen = looking.look(original.data)
    except HeldBackError:
        return ()  # it is held when it is to be de-identified
    return seen.shown()[0] if seen is not None else ()
