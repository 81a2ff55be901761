"""Applies what people decided about an image, while it is de-identified: it counts for exactly what they looked at.

A decision is about one image on one basis: the bytes of the file, the rules, and what it was held for. With another
basis it does not count, and the image is held anew. Whatever a person decides, de-identification and the second reader
have the last word.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from orthanc_plugin.deid import Outcome
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.reviewed import Reviewed
from orthanc_plugin.engine.export.held_image import READ_AGAIN
from orthanc_plugin.engine.jobs.not_released import Excluded
from orthanc_plugin.engine.neighbours.held_images import ImageDecision

WITHHELD = "a person looked at it and withheld it"
RECOGNISABLE = (
    "a person looked at it: somebody who knows the patient would recognise the finding, so it leaves only where the "
    "patient agreed to this use (R28)"
)
_FACE = "face"
STILL_HELD = "a person let it pass, and it still cannot leave"

ByBasis = Mapping[str, ImageDecision]


def decisions_of(told: Sequence[Mapping[str, Any]], image: str) -> dict[str, ImageDecision]:
    """Return what was decided about an image, by basis; `told` is what was sealed."""
    return {part["basis"]: ImageDecision.model_validate(part) for part in told if part["image"] == image}


def reviewed(
    treat: Callable[..., Outcome], decided: ByBasis, basis: Callable[[str, str], str], *, consented: bool
) -> Outcome | Excluded:
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
    Outcome or Excluded
        An outcome with a rule is held for something that nobody has decided yet.
    """
    decisions = _known(decided, basis)
    if not decisions:
        outcome = treat()
        decision = decided.get(basis(outcome.rule, outcome.reason)) if outcome.rule else None
        if decision is None:
            return _unless_withheld(outcome, decided)
        decisions = [decision]
    if any(decision.outcome == "withhold" for decision in decisions):
        return Excluded(WITHHELD)
    if any(decision.recognisable for decision in decisions) and not consented:
        return Excluded(RECOGNISABLE)
    outcome = treat(reviewed=as_reviewed(decisions))
    if outcome.rule == _FACE:
        face = decided.get(basis(outcome.rule, outcome.reason))
        if face is None:
            return outcome  # its series is looked at otherwise than when the writing was decided: somebody is asked
        outcome = treat(reviewed=replace(as_reviewed(decisions), no_face=face.no_face))
    return replace(outcome, rule="", reason=f"{STILL_HELD}: {outcome.reason}") if outcome.reason else outcome


def _known(decided: ByBasis, basis: Callable[[str, str], str]) -> list[ImageDecision]:
    """Return the decisions about exactly this object, without looking at it once more.

    The file and the rules are those of the decision, so a look would hold it for the same. What the second reader read
    was looked at last, when everything else had been let pass, so that counts alone.
    """
    matching = [one for one in decided.values() if basis(one.rule, one.why) == one.basis]
    return [one for one in matching if one.rule == READ_AGAIN] or matching


def _unless_withheld(outcome: Outcome, decided: ByBasis) -> Outcome | Excluded:
    """Leave out what a person withheld, though by what is known today nobody would have been asked."""
    withheld = any(decision.outcome == "withhold" for decision in decided.values())
    return Excluded(WITHHELD) if withheld and outcome.status == "released" else outcome


def as_reviewed(decisions: Sequence[ImageDecision]) -> Reviewed:
    """Return decisions about one object as de-identification takes them: whatever any of them covers goes."""
    drawn = dict.fromkeys(area for decision in decisions for area in decision.areas)
    areas = tuple(Area(area.left, area.top, area.right, area.bottom, area.frame, method="person") for area in drawn)
    last = max(decisions, key=lambda decision: datetime.fromisoformat(decision.at))
    at = datetime.fromisoformat(last.at)
    by = f"{last.role.replace('-', ' ')}, {at.day} {at:%B %Y}"
    return Reviewed(areas, any(decision.no_face for decision in decisions), by)
