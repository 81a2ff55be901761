"""Looks at series whole: whether their slices make a head, and which pixels of each show the face (R25)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.multival import MultiValue

from orthanc_plugin.deid.pixels.face_sight import FaceSight
from orthanc_plugin.deid.pixels.faces import (
    Geometry,
    Head,
    NotHead,
    Unsure,
    Verdict,
    VolumeLook,
    geometry_of,
    is_asked,
    rescale_of,
    shows_face_itself,
)
from orthanc_plugin.deid.pixels.risk import says_head, says_neck
from orthanc_plugin.rendering import UnrenderableError, decoded, faults_of

_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")


_ENDLESS = 1 << 30  # slices
HEADER = (
    "StudyInstanceUID", "SeriesInstanceUID", "SOPClassUID", "Modality", "ImageType", "NumberOfFrames",
    "BodyPartExamined", "SeriesDescription", "ProtocolName", "StudyDescription", "DerivationDescription",
)  # fmt: skip
"""What `Belonging.of` reads of a header."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """To which series an object belongs, and whether its header speaks of a head or a face.

    Attributes
    ----------
    study, series : str
        UIDs, or whatever else tells them apart.
    modality : str
        As stated.
    frames : int
        How many it has.
    suspected : bool
        A word says head or neck.
    itself : bool
        A scout or a rendering: of a head it shows the face by itself.
    """

    study: str
    series: str
    modality: str
    frames: int
    suspected: bool
    itself: bool

    @classmethod
    def of(cls, header: Dataset) -> "Belonging":
        """Return it from a header; what is not there or broken is empty."""

        def text(keyword: str) -> str:
            value = header.get(keyword)
            return "\\".join(map(str, value)) if isinstance(value, MultiValue) else str(value or "").strip()

        words = " ".join(map(text, ("SeriesDescription", "ProtocolName", "StudyDescription", "DerivationDescription")))
        kind = shows_face_itself(text("Modality"), text("SOPClassUID"), text("ImageType").split("\\"), words)
        frames = text("NumberOfFrames")
        return cls(
            text("StudyInstanceUID"),
            text("SeriesInstanceUID"),
            text("Modality").upper(),
            int(frames) if frames.isdigit() and len(frames) < 7 else 1,
            says_head(text("BodyPartExamined"), words) or says_neck(text("BodyPartExamined"), words),
            kind in ("scout", "rendering", "surface"),
        )


def belonging_of(source: bytes | Path) -> Belonging:
    """Return the belonging of an object from its file; of a broken one it says nothing, and looking at it holds it.

    Raises
    ------
    OSError
        When the path cannot be read.
    """
    file = BytesIO(source) if isinstance(source, bytes) else source
    try:
        with faults_of("its header"):
            return Belonging.of(dcmread(file, stop_before_pixels=True, force=True, specific_tags=list(HEADER)))
    except UnrenderableError:
        return Belonging("", "", "", 1, suspected=False, itself=False)


def may_hold_a_head(modality: str) -> bool:
    """Say whether a series of this modality is looked at whole, if it is long enough."""
    return is_asked(modality, _ENDLESS, None)


def series_to_look_at(belongings: Mapping[int, Belonging]) -> dict[tuple[str, str], list[int]]:
    """Return the positions of each series that may be a volume of a head, by study and series."""
    series: dict[tuple[str, str], list[int]] = {}
    for position, one in belongings.items():
        series.setdefault((one.study, one.series), []).append(position)
    return {
        key: positions
        for key, positions in series.items()
        if is_asked(belongings[positions[0]].modality, sum(belongings[each].frames for each in positions), None)
    }


def with_scouts(belongings: Mapping[int, Belonging], seen: Mapping[int, FaceSight]) -> dict[int, FaceSight]:
    """Return what was seen, and of scouts and renderings that they show a face where their study holds a head."""
    heads = {belongings[position].study for position, sight in seen.items() if sight.verdict in ("head", "unsure")}
    shown = FaceSight("unsure", "a scout or rendering of a study that holds a head")
    return {
        **seen,
        **{
            position: shown
            for position, one in belongings.items()
            if one.itself and (one.study in heads or one.suspected) and position not in _heads_in(seen)
        },
    }


def _heads_in(seen: Mapping[int, FaceSight]) -> set[int]:
    return {position for position, sight in seen.items() if sight.verdict == "head"}


def look_at_series(belongings: Sequence[Belonging], objects: Iterable[tuple[int, bytes]]) -> dict[int, FaceSight]:
    """Return what is known of a face in the objects of one series, by position.

    Parameters
    ----------
    belongings : sequence of Belonging
        Of all of them: a word in one is a word about the series.
    objects : iterable of (int, bytes)
        Position and file of each, read one after the other.
    """
    look = SeriesLook(belongings[0].modality, any(one.suspected for one in belongings))
    for position, data in objects:
        look.add(position, data)
    return look.finish()


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
        A word says head or neck: then what would be no head is unsure.
    """

    modality: str
    suspected: bool = False
    _look: VolumeLook | None = None
    _places: dict[int, list[_Place]] = field(default_factory=dict)
    _placeless: set[int] = field(default_factory=set)
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
                for frame, plane in _planes(dataset):
                    self._take(look, position, dataset, frame, plane)
                self._note_thickness(dataset)
        except UnrenderableError:
            return  # looking for writing holds it, with the reason

    def _take(self, look: VolumeLook, position: int, dataset: Dataset, frame: int, plane: NDArray[np.generic]) -> None:
        self._frames += 1
        geometry = geometry_of(dataset, frame)
        if geometry is None:
            self._placeless.add(position)
            return
        look.add(plane, geometry, rescale_of(dataset, frame))
        self._places.setdefault(position, []).append(_Place(frame, geometry, (plane.shape[0], plane.shape[1])))

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
        self._look.suspected = self.suspected
        try:
            verdict = self._look.finish()
        except (ValueError, ArithmeticError, LookupError, MemoryError):  # hostile values; LinAlgError is a ValueError
            verdict = Unsure("nothing can be made of its volume")
        seen = {position: _sight(verdict, places) for position, places in self._places.items()}
        lost = FaceSight("unsure", "its header does not say where its slices lie in the patient")
        return {**seen, **dict.fromkeys(self._placeless, lost)}


def _planes(dataset: Dataset) -> Iterator[tuple[int, NDArray[np.generic]]]:
    if not any(name in dataset for name in _PIXELS) or int(dataset.get("SamplesPerPixel") or 1) != 1:
        return
    for frame, plane in enumerate(decoded(dataset)):
        if plane.ndim == 2 and plane.size:
            yield frame, plane


def _sight(verdict: Verdict, places: list[_Place]) -> FaceSight:
    if isinstance(verdict, NotHead):
        return FaceSight("none", verdict.reason)
    if not isinstance(verdict, Head):
        return FaceSight("unsure", verdict.reason)
    masks = {place.frame: verdict.mask.mask_for(place.geometry, place.shape) for place in places}
    return FaceSight("head", "a head volume", {frame: mask for frame, mask in masks.items() if mask.any()})
