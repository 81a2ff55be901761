"""Applies what people decided about an image, while it is de-identified: it counts for exactly what they looked at.

A decision is about one image on one basis: the bytes of the file, the rules, and what it was held for. With another
basis it does not count, and the image is held anew. Whatever a person decides, de-identification and the second reader
have the last word.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orthanc_plugin.deid import Outcome
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.reviewed import Reviewed
from orthanc_plugin.engine.export.held_image import READ_AGAIN, READ_AGAIN_WHY
from orthanc_plugin.engine.neighbours.held_images import ImageDecision

WITHHELD = "a person looked at it and withheld it"
RECOGNISABLE = (
    "a person looked at it: somebody who knows the patient would recognise the finding, so it leaves only where the "
    "patient agreed to this use (R28)"
)

ByBasis = Mapping[str, ImageDecision]


@dataclass(frozen=True)
class LeftOut:
    """A person's decision that an image is no part of this release."""

    reason: str


def decisions_of(told: Sequence[Mapping[str, Any]], image: str) -> dict[str, ImageDecision]:
    """Return what was decided about an image, by basis; `told` is what was sealed."""
    return {part["basis"]: ImageDecision.model_validate(part) for part in told if part["image"] == image}


def reviewed(
    treat: Callable[..., Outcome], decided: ByBasis, basis: Callable[[str, str], str], *, consented: bool
) -> Outcome | LeftOut:
    """De-identify an object as people decided about it.

    Parameters
    ----------
    treat
        De-identifies the object; takes ``reviewed``.
    decided
        What was decided about it, by basis.
    basis
        Gives the basis of the object, held for a rule and a reason.
    consented
        Whether the patient's recorded consent is the basis of the release.

    Returns
    -------
    Outcome or LeftOut
        An outcome that is held is held for something that nobody has decided, or that no decision can let pass.
    """
    left = dict(decided)

    def applied(decision: ImageDecision) -> Outcome | LeftOut:
        if decision.outcome == "withhold":
            return LeftOut(WITHHELD)
        if decision.recognisable and not consented:
            return LeftOut(RECOGNISABLE)
        return treat(reviewed=as_reviewed(decision))

    # What the second reader read was looked at last, after everything else had been let pass.
    last = left.pop(basis(READ_AGAIN, READ_AGAIN_WHY), None)
    outcome = applied(last) if last else treat()
    while isinstance(outcome, Outcome) and outcome.rule:
        decision = left.pop(basis(outcome.rule, outcome.reason), None)
        if decision is None:
            return outcome
        outcome = applied(decision)
    return _unless_withheld(outcome, left)


def _unless_withheld(outcome: Outcome | LeftOut, left: ByBasis) -> Outcome | LeftOut:
    """Leave out what a person withheld, though by the rules of today nobody would have been asked."""
    released = isinstance(outcome, Outcome) and outcome.status == "released"
    return LeftOut(WITHHELD) if released and any(one.outcome == "withhold" for one in left.values()) else outcome


def as_reviewed(decision: ImageDecision) -> Reviewed:
    """Return a decision as de-identification takes it."""
    areas = tuple(
        Area(area.left, area.top, area.right, area.bottom, area.frame, method="person") for area in decision.areas
    )
    at = datetime.fromisoformat(decision.at)
    return Reviewed(areas, decision.no_face, f"{decision.role.replace('-', ' ')}, {at.day} {at:%B %Y}")
