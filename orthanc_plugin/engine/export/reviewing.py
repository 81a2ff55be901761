"""Applies what people decided about an image, while it is de-identified: it counts for exactly what they looked at.

A decision is about one image on one basis: the bytes of the file, the rules, and what it was held for. With another
basis it does not count, and the image is held anew. Whatever a person decides, de-identification and the second reader
have the last word.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
STILL_HELD = "a person let it pass, and it still cannot leave"

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
        An outcome with a rule is held for something that nobody has decided yet.
    """
    # What the second reader read was looked at last, when everything else had been let pass.
    decision = decided.get(basis(READ_AGAIN, READ_AGAIN_WHY))
    if decision is None:
        outcome = treat()
        decision = decided.get(basis(outcome.rule, outcome.reason)) if outcome.rule else None
        if decision is None:
            return _unless_withheld(outcome, decided)
    if decision.outcome == "withhold":
        return LeftOut(WITHHELD)
    if decision.recognisable and not consented:
        return LeftOut(RECOGNISABLE)
    outcome = treat(reviewed=as_reviewed(decision))
    if outcome.rule and (face := decided.get(basis(outcome.rule, outcome.reason))) and face.no_face:
        outcome = treat(reviewed=replace(as_reviewed(decision), no_face=True))
    return replace(outcome, rule="", reason=f"{STILL_HELD}: {outcome.reason}") if outcome.reason else outcome


def _unless_withheld(outcome: Outcome, decided: ByBasis) -> Outcome | LeftOut:
    """Leave out what a person withheld, though by what is known today nobody would have been asked."""
    withheld = any(decision.outcome == "withhold" for decision in decided.values())
    return LeftOut(WITHHELD) if withheld and outcome.status == "released" else outcome


def as_reviewed(decision: ImageDecision) -> Reviewed:
    """Return a decision as de-identification takes it."""
    areas = tuple(
        Area(area.left, area.top, area.right, area.bottom, area.frame, method="person") for area in decision.areas
    )
    at = datetime.fromisoformat(decision.at)
    return Reviewed(areas, decision.no_face, f"{decision.role.replace('-', ' ')}, {at.day} {at:%B %Y}")
