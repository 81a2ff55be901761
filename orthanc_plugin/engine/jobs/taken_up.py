"""Takes up jobs whose states stand as files, as they did before docs/decisions/0177, when the engine starts."""

import json
from pathlib import Path

from orthanc_plugin.engine.jobs.states import State, States
from orthanc_plugin.engine.logs import log

_STATE, _CLAIM = ".json", "claim"


def take_up(packages: Path, states: States) -> int:
    """Bring every state that stands as a file into the table, with the claim beside it, and remove the files.

    Cut off in between, the rest is taken up by the next start. A file that holds no state is removed: nobody can say
    whose it was, and what was sealed of it is destroyed by the sweep.

    Returns
    -------
    int
        How many jobs were taken up.

    Raises
    ------
    NoSpaceError, AwayError
    """
    taken = 0
    for path in packages.glob(f"*{_STATE}"):
        job, state = path.name.removesuffix(_STATE), _read(path)
        claim = packages / job / _CLAIM
        if state is None:
            log().error("what stands of a job cannot be read, so it is closed; ask again with a new export", job=job)
        else:
            claimed_by = claim.read_text(encoding="utf-8") if claim.exists() else None
            taken += states.add(job, state, claimed_by or None, path.stat().st_mtime)
        claim.unlink(missing_ok=True)
        path.unlink()
    return taken


def _read(path: Path) -> State | None:
    try:
        state = json.loads(path.read_bytes())
    except ValueError:
        return None
    return state if isinstance(state, dict) and {"job", "state", "user", "package"}.issubset(state) else None
