"""A look at a series: takes its slices one after the other, in any order, and says whether they make a head."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.faces.appearance import appearance_of
from orthanc_plugin.deid.pixels.faces.fitting import Pose, fit
from orthanc_plugin.deid.pixels.faces.geometry import Geometry, Rescale
from orthanc_plugin.deid.pixels.faces.removal import face_mask
from orthanc_plugin.deid.pixels.faces.rules import rules
from orthanc_plugin.deid.pixels.faces.shape import Shape, shape_of
from orthanc_plugin.deid.pixels.faces.stack import Stack
from orthanc_plugin.deid.pixels.faces.verdicts import Head, NotHead, Unsure, Verdict
from orthanc_plugin.deid.pixels.faces.volume import Volume

_MOST_STACKS = 6
_CT_AIR = -500.0


@dataclass(slots=True)
class VolumeLook:
    """A look at one series, slice by slice.

    Slices of one orientation and size make a stack; at most 6 stacks are kept, each in at most 118 MB (usually some
    3 MB a head), however many slices come.

    Attributes
    ----------
    modality : str
        As stated; what is not CT, MR or PT is judged by its values.
    suspected : bool
        A word says head: then what would be no head is unsure.
    """

    modality: str = ""
    suspected: bool = False
    _stacks: list[Stack] = field(default_factory=list)
    _beyond: int = 0

    def add(self, plane: NDArray[np.generic], geometry: Geometry, rescale: Rescale) -> None:
        """Take one slice.

        Parameters
        ----------
        plane : ndarray
            Stored values, (rows, columns).
        geometry : Geometry
            Of this slice, as `geometry_of` says.
        rescale : Rescale
            As `rescale_of` says.
        """
        if plane.ndim != 2 or not plane.size:
            raise ValueError("a slice of a volume has rows and columns; give one plane of one sample a pixel")
        for stack in self._stacks:
            if stack.takes(plane.shape, geometry):
                stack.add(plane, geometry, rescale)
                return
        if len(self._stacks) == _MOST_STACKS:
            self._beyond += 1
            return
        self._stacks.append(Stack(geometry, (plane.shape[0], plane.shape[1])))
        self._stacks[-1].add(plane, geometry, rescale)

    def finish(self) -> Verdict:
        """Return what the series is.

        Returns
        -------
        Head, NotHead or Unsure
            The gravest of its stacks: unsure before head before no head.
        """
        found = [self._judged(stack) for stack in self._stacks if stack.is_volume]
        unsure = [one for one in found if isinstance(one, Unsure)]
        heads = sorted((one for one in found if isinstance(one, Head)), key=lambda head: -head.fit)
        if unsure or self._beyond >= rules()["asked"]["least_slices"]:
            return unsure[0] if unsure else Unsure("it has more orientations of slices than are looked at")
        if heads:
            return heads[0]
        verdict = found[0] if found else NotHead("too few or too thick slices to render a surface from")
        return Unsure(verdict.reason, verdict.fit) if self.suspected and isinstance(verdict, NotHead) else verdict

    def _judged(self, stack: Stack) -> Verdict:
        if stack.is_too_large:
            return Unsure("it is larger than a body, so it is not looked at")
        volume = stack.volume()
        hounsfield = self.modality == "CT" or (self.modality not in ("MR", "PT") and _seems_ct(volume))
        seen = appearance_of(volume, hounsfield=hounsfield)
        if not seen.tissue.any() or not seen.grey.any():
            return NotHead("nothing is seen in it")
        pose = fit(volume, seen)
        shape = shape_of(volume, seen, pose, hounsfield=hounsfield)
        verdict = judged(pose, shape)
        if verdict is not None:
            return verdict
        mask = face_mask(volume, seen, pose)
        least, most = rules()["verdict"]["share"]
        if not least * shape.expected - 0.01 <= mask.share <= most * shape.expected + 0.02:
            return Unsure("a head, but the face mask takes too little or too much of it", pose.likeness)
        return Head(pose.likeness, mask)


def judged(pose: Pose, shape: Shape) -> NotHead | Unsure | None:
    """Return the verdict on a fitted volume, or None for a head that fits well."""
    limits = rules()["verdict"]
    bounds = limits["other" if shape.shell is None else "ct"]
    boneless = shape.enclosed is not None and shape.enclosed < limits["least_bone"] and not shape.shell
    if shape.aired > limits["most_aired"] or (boneless and shape.aired > limits["sinuses"]):
        return NotHead("there is air where a brain would be, as in a chest", pose.likeness)
    if pose.likeness < bounds["no_head"] and not _has_skull(shape, limits["no_shell"]):
        return NotHead("it is not like a head", pose.likeness)
    wanted = bounds["head"] + limits["more_where_cut"] * (1 - shape.covered)
    shell = 1.0 if shape.shell is None else shape.shell
    if pose.likeness < wanted or shape.overlap < limits["least_overlap"] or shell < limits["least_shell"]:
        return Unsure("it may be a head, but a mean head does not fit it well enough", pose.likeness)
    if not limits["size"][0] <= shape.size <= limits["size"][1] or shape.covered < limits["least_covered"]:
        return Unsure("it may be a head, but it is too small, too large or too much cut off", pose.likeness)
    if pose.turned > limits["most_turned"]:
        return Unsure("it may be a head, but it lies otherwise than its data say", pose.likeness)
    return None


def _has_skull(shape: Shape, least: float) -> bool:
    """Say whether bone encloses soft tissue as a skull does, which makes a volume that fits badly no less a head."""
    enclosed = shape.enclosed is not None and shape.enclosed >= rules()["verdict"]["least_enclosed"]
    return enclosed or (shape.shell is not None and shape.shell >= least)


def _seems_ct(volume: Volume) -> bool:
    return float(np.percentile(volume.values, 5)) < _CT_AIR
