"""Values of interest: the windows and curves that an object, a presentation state or a person offers (PS3.3 C.11.2)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from orthanc_plugin.rendering.decoding import is_little_endian
from orthanc_plugin.rendering.errors import faults_of
from orthanc_plugin.rendering.groups import place
from orthanc_plugin.rendering.lookup import LookUpTable, read_table

Values = NDArray[np.float64]
_FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")


@dataclass(frozen=True, slots=True)
class Window:
    """A centre and a width, in the values that the modality transformation gives (HU for CT).

    Attributes
    ----------
    center, width : float
        As PS3.3 C.11.2.1.2 defines them.
    explanation : str
        Free text of the device, as ``LUNG``: it may hold anything, so it is for who may see the object.
    function : str
        ``LINEAR``, ``LINEAR_EXACT`` or ``SIGMOID``.
    """

    center: float
    width: float
    explanation: str = ""
    function: str = "LINEAR"

    def of(self, values: Values) -> Values:
        """Return values as shares of white, 0 to 1.

        A LINEAR width below 1 is not allowed; it is taken as LINEAR_EXACT, which is what its writer meant.
        """
        if self.function == "SIGMOID":
            return np.asarray(1 / (1 + np.exp(np.clip(-4 * (values - self.center) / self.width, -700, 700))))
        if self.function == "LINEAR_EXACT" or self.width < 1:
            return np.clip((values - self.center) / self.width + 0.5, 0, 1)
        if self.width == 1:
            return (values > self.center - 0.5).astype(np.float64)
        return np.clip((values - (self.center - 0.5)) / (self.width - 1) + 0.5, 0, 1)


@dataclass(frozen=True, eq=False, slots=True)
class Curve:
    """A VOI LUT."""

    table: LookUpTable
    explanation: str = ""

    def of(self, values: Values) -> Values:
        """Return values as shares of white, 0 to 1."""
        return self.table.of(values) / float(2**self.table.bits - 1)


def windows(dataset: Dataset, number: int = 0) -> list[Window]:
    """Return the windows that the object offers for a frame (counted from 0), in its own order.

    Windows without a width are left out. Of an object with a VOI LUT that curve is shown unless a window is chosen.

    Raises
    ------
    UnrenderableError
        When they cannot be read.
    """
    with faults_of("its windows"):
        return _windows(place(dataset, number, "FrameVOILUTSequence", "WindowCenter"))


def offered(dataset: Dataset, number: int, *, signed: bool) -> Window | Curve | None:
    """Return what the object itself would have shown of a frame: its first VOI LUT, its first window, or None."""
    with faults_of("its window or VOI LUT"):
        holder = place(dataset, number, "FrameVOILUTSequence", "WindowCenter", "VOILUTSequence")
        return _first(holder, little=is_little_endian(dataset), signed=signed)


def offers_window(dataset: Dataset) -> bool:
    """Return whether the object says for its first frame which values are of interest: by a window or a VOI LUT.

    Raises
    ------
    UnrenderableError
        When that cannot be read.
    """
    return offered(dataset, 0, signed=True) is not None


def window_of(presentation_state: Dataset, sop_instance_uid: str, number: int = 0) -> Window | Curve | None:
    """Return the window or curve that a softcopy presentation state gives to a frame of an image (PS3.3 C.11.8).

    Parameters
    ----------
    presentation_state : pydicom.Dataset
        The presentation state.
    sop_instance_uid : str
        The image's, as the state refers to it.
    number : int
        Frame, counted from 0.

    Returns
    -------
    Window or Curve or None
        None: the state does not refer to this frame, or changes nothing of its values of interest.

    Raises
    ------
    UnrenderableError
        When it cannot be read.
    """
    with faults_of("the presentation state's window"):
        if not any(
            _refers(series, sop_instance_uid, number)
            for series in presentation_state.get("ReferencedSeriesSequence") or ()
        ):
            return None
        for item in presentation_state.get("SoftcopyVOILUTSequence") or ():
            if not item.get("ReferencedImageSequence") or _refers(item, sop_instance_uid, number):
                return _first(item, little=is_little_endian(presentation_state), signed=True)
        return None


def _refers(holder: Dataset, sop_instance_uid: str, number: int) -> bool:
    for image in holder.get("ReferencedImageSequence") or ():
        if image.get("ReferencedSOPInstanceUID") == sop_instance_uid:
            frames = _numbers(image.get("ReferencedFrameNumber"))
            return not frames or number + 1 in frames
    return False


def _first(holder: Dataset, *, little: bool, signed: bool) -> Window | Curve | None:
    curves = holder.get("VOILUTSequence")
    if curves:
        return Curve(read_table(curves[0], little=little, signed=signed), str(curves[0].get("LUTExplanation") or ""))
    return next(iter(_windows(holder)), None)


def _windows(holder: Dataset) -> list[Window]:
    centers, widths = _numbers(holder.get("WindowCenter")), _numbers(holder.get("WindowWidth"))
    said = holder.get("WindowCenterWidthExplanation") or ""
    explanations = [said] if isinstance(said, str) else [str(one) for one in said]
    explanations += [""] * len(centers)
    function = str(holder.get("VOILUTFunction") or "LINEAR")
    function = function if function in _FUNCTIONS else "LINEAR"
    return [
        Window(center, width, explanation, function)
        for center, width, explanation in zip(centers, widths, explanations, strict=False)
        if np.isfinite(center) and np.isfinite(width) and width > 0
    ]


def _numbers(value: Any) -> list[float]:
    if value is None or value == "":
        return []
    return [float(one) for one in ([value] if isinstance(value, int | float | str) else value)]
