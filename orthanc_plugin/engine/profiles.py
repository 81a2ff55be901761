"""From a decision to a de-identification: a small table, read once from ``profiles.toml``."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from orthanc_plugin.engine.decision import distrusted

IDENTIFIABLE = "D0"
"""The profile that leaves the object as it is."""


@dataclass(frozen=True)
class Treatment:
    """How a job treats its instances.

    Parameters
    ----------
    profile
        D0 to D4, as decided.
    deidentification
        Name of the de-identification profile; None leaves the bytes as they are (D0).
    linkable
        Whether codes stay the same within one project.
    kept
        Kinds of identifier that the profile keeps by design.
    """

    profile: str
    deidentification: str | None
    linkable: bool
    kept: tuple[str, ...] = ()


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("orthanc_plugin.engine") / "profiles.toml").read_text(encoding="utf-8"))


def treatment(profile: str | None, level: str | None) -> Treatment:
    """Return the treatment that a PERMIT asks for.

    Raises
    ------
    RefusedError
        When the decision names a combination that the table does not know.
    """
    if profile == IDENTIFIABLE:
        return Treatment(IDENTIFIABLE, None, linkable=False)
    known = _table()["deidentification"]
    name = known.get(f"{profile} {level}") or known.get(profile)
    if name is None:
        raise distrusted("it names a profile and level that this engine does not have")
    linkable = name in _table()["linkable"]["profiles"]
    return Treatment(str(profile), name, linkable, tuple(_table()["kept"].get(name, ())))


def excluded_kind(sop_class_uid: str) -> str | None:
    """Return the name of a kind that is never part of a secondary release by default (R24, R32), else None."""
    kind: str | None = _table()["excluded"].get(sop_class_uid)
    return kind
