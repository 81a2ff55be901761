"""Looks at one series whole: whether its slices make a head, and which pixels of each show the face (R25)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread

from orthanc_plugin.deid.pixels.face_sight import UNASKED, FaceSight
from orthanc_plugin.deid.pixels.faces import (
    Geometry,
    Head,
    NotHead,
    Verdict,
    VolumeLook,
    geometry_of,
    is_asked,
    rescale_of,
)
from orthanc_plugin.rendering import UnrenderableError, decoded, faults_of

_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")


@dataclass(frozen=True, slots=True)
class _Place:
    frame: int
    geometry: Geometry
    shape: tuple[int, int]


@dataclass(slots=True)
class SeriesLook:
    """A look at one series, object by object, in any order; it keeps no pixels but a coarse volume.

    Attributes
    ----------
    modality : str
        As stated.
    suspected : bool
        A word says head: then what would be no head is unsure.
    """

    modality: str
    suspected: bool = False
    _look: VolumeLook | None = None
    _places: dict[int, list[_Place]] = field(default_factory=dict)
    _frames: int = 0
    _thinnest: float | None = None

    def add(self, position: int, data: bytes) -> None:
        """Take one object; what has no place in the patient, or cannot be decoded, is passed over.

        Parameters
        ----------
        position : int
            What `finish` calls it by.
        data : bytes
            The file.
        """
        look = self._look = self._look or VolumeLook(self.modality, suspected=self.suspected)
        try:
            with faults_of("its header"):
                dataset = dcmread(BytesIO(data), force=True)
                for place, plane in _planes(dataset):
                    look.add(plane, place.geometry, rescale_of(dataset, place.frame))
                    self._places.setdefault(position, []).append(place)
                    self._frames += 1
                self._note_thickness(dataset)
        except UnrenderableError:
            return  # looking for writing holds it, with the reason

    def _note_thickness(self, dataset: Dataset) -> None:
        told = dataset.get("SpacingBetweenSlices") or dataset.get("SliceThickness")
        try:
            thickness = abs(float(told)) if told else None
        except (TypeError, ValueError):
            thickness = None
        if thickness and (self._thinnest is None or thickness < self._thinnest):
            self._thinnest = thickness

    def finish(self) -> dict[int, FaceSight]:
        """Return what is known of a face in each object that was taken, by position; the others are `UNASKED`."""
        if self._look is None or not is_asked(self.modality, self._frames, self._thinnest):
            return {}
        verdict = self._look.finish()
        return {position: _sight(verdict, places) for position, places in self._places.items()}


def _planes(dataset: Dataset) -> Iterator[tuple[_Place, NDArray[np.generic]]]:
    if not any(name in dataset for name in _PIXELS) or int(dataset.get("SamplesPerPixel") or 1) != 1:
        return
    for frame, plane in enumerate(decoded(dataset)):
        geometry = geometry_of(dataset, frame)
        if geometry is not None and plane.ndim == 2:
            yield _Place(frame, geometry, (plane.shape[0], plane.shape[1])), plane


def _sight(verdict: Verdict, places: list[_Place]) -> FaceSight:
    if isinstance(verdict, NotHead):
        return FaceSight("none", verdict.reason)
    if not isinstance(verdict, Head):
        return FaceSight("unsure", verdict.reason)
    masks = {place.frame: verdict.mask.mask_for(place.geometry, place.shape) for place in places}
    return FaceSight("head", "a head volume", {frame: mask for frame, mask in masks.items() if mask.any()})


__all__ = ["UNASKED", "FaceSight", "SeriesLook"]
