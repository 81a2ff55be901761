"""From a decision to a de-identification: a small table, read once from ``profiles.toml``."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from orthanc_plugin.deid.pixels.risk import why_excluded
from orthanc_plugin.engine.neighbours.decision import distrusted

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
    labelled
        Whether the send-out label may stand for the patient.
    reports
        Whether structured reports are part of a release that does not ask for them.
    """

    profile: str
    deidentification: str | None
    linkable: bool
    kept: tuple[str, ...] = ()
    labelled: bool = False
    reports: bool = False


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("orthanc_plugin.engine.treatment") / "profiles.toml").read_text(encoding="utf-8"))


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
    table = _table()
    return Treatment(
        str(profile),
        name,
        linkable=name in table["linkable"]["profiles"],
        kept=tuple(table["kept"].get(name, ())),
        labelled=name in table["labelled"]["profiles"],
        reports=name in table["with_reports"]["profiles"],
    )


def left_out_kind(sop_class_uid: str, *, reports: bool) -> str | None:
    """Return why objects of a kind are not part of a release, None where they may be (R24, R32).

    Parameters
    ----------
    sop_class_uid
        The kind.
    reports
        Whether structured reports may be part of this release.
    """
    excluded = why_excluded(sop_class_uid)
    if excluded:
        return excluded
    report = None if reports else _table()["reports"].get(sop_class_uid)
    return f"{report}: reports are part of a release only when they are asked for (R32)" if report else None
