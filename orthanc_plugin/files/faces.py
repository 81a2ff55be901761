"""Looks at the series of a run before any of their files is de-identified: a face shows in a volume, not in a slice."""

from functools import partial
from pathlib import Path

from orthanc_plugin.deid.pixels.face_sight import FaceSight
from orthanc_plugin.deid.pixels.series import Belonging, belonging_of, look_at_series, series_to_look_at, with_scouts
from orthanc_plugin.files.sources import Source
from orthanc_plugin.files.workers import alone, spread

_ENDED_ON_IT = FaceSight("unsure", "the system ended the process that looked at its series")


def faces_in(found: list[Source], workers: int) -> dict[int, bytes]:
    """Return what is known of a face in each file that belongs to a volume, by place, encoded.

    Parameters
    ----------
    found : list of Source
        From `sources`.
    workers : int
        Processes; 1 works in this one.
    """
    belongings = {place: one for place, source in enumerate(found) if (one := _belonging(source)) is not None}
    series = list(series_to_look_at(belongings).values())

    def look(number: int) -> dict[int, bytes]:
        places = series[number]
        files = ((place, data) for place in places if (data := _contents(found[place])) is not None)
        seen = look_at_series([belongings[place] for place in places], files)
        return {place: sight.encoded() for place, sight in seen.items()}

    def look_singly(number: int) -> dict[int, bytes]:
        made = alone(partial(look, number))
        return dict.fromkeys(series[number], _ENDED_ON_IT.encoded()) if made is None else made

    looks = map(look, range(len(series))) if workers == 1 else spread(look, len(series), workers, look_singly)
    seen = {place: FaceSight.of(sight) for each in looks for place, sight in each.items()}
    return {place: sight.encoded() for place, sight in with_scouts(belongings, seen).items()}


def _belonging(source: Source) -> Belonging | None:
    if source.refusal:
        return None
    try:
        return belonging_of(Path(source.path))
    except OSError:
        return None  # the run says so when it comes to it


def _contents(source: Source) -> bytes | None:
    try:
        return Path(source.path).read_bytes()
    except OSError:
        return None  # likewise
