"""Looks at the pixels of one object: known places first, then writing in every distinct frame (R23, R24, R30, R75)."""

import mmap
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from hashlib import sha256
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.multival import MultiValue
from pydicom.uid import UID

from orthanc_plugin.deid.errors import HeldBackError, Rule
from orthanc_plugin.deid.pixels import detection, devices
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection import Line, Reading, WeightsMissingError
from orthanc_plugin.deid.pixels.home import is_like_ultrasound
from orthanc_plugin.deid.pixels.matrix import planes_to_look_at
from orthanc_plugin.deid.pixels.sight import Sight
from orthanc_plugin.deid.pixels.slides import doubt_about, find_in_slide
from orthanc_plugin.deid.pixels.words import judge
from orthanc_plugin.rendering import Picture, Rendering, UnrenderableError, decoded, faults_of, frame_count

_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_MOST_FOUND = 4096
_NEARLY_ALL = 0.7  # of an object's range: a window this wide hides nothing that the whole range shows
_SHORTEST = 2
_UNDECODABLE = "its pixels cannot be decoded, so nobody can look for writing in them; a person has to look (R23, R30)"


class Shown:
    """The frames of an object as pictures, made anew each time they are gone through."""

    def __init__(self, dataset: Dataset, rendering: Rendering) -> None:
        self._dataset, self.rendering = dataset, rendering

    def __len__(self) -> int:
        return frame_count(self._dataset)

    def __iter__(self) -> Iterator[Picture]:
        for number, stored in enumerate(decoded(self._dataset)):
            yield self.rendering.picture(stored, number)

    def frame(self, number: int) -> Picture:
        """Return one frame, counted from 0."""
        return self.rendering.picture(next(decoded(self._dataset, [number])), number)


_found: OrderedDict[bytes, tuple[tuple[Line, ...], ...]] = OrderedDict()
"""What was found in the last pixels, without what it says: they are asked for again, for a lecture, then for print."""


def look(data: bytes | mmap.mmap, rules: tuple[devices.DeviceRule, ...] | None = None) -> Sight | None:
    """Return what is seen in an object's pixels; None where it has none.

    Parameters
    ----------
    data : bytes or mmap
        The whole file.
    rules : tuple of DeviceRule, optional
        Device rules; without them those in force in this process.

    Raises
    ------
    HeldBackError
        The pixels cannot be decoded, or what finds writing is not installed, so nobody has looked.
    """
    try:
        with faults_of("its header"):
            dataset = _read(data)
        if not any(name in dataset for name in _PIXELS):
            return None
        return _of(dataset, devices.in_force().rules if rules is None else rules)
    except UnrenderableError:
        raise HeldBackError(_UNDECODABLE) from None
    except WeightsMissingError as error:
        raise HeldBackError(f"nobody can look for writing in it: {error}") from None


def has_pixels(data: bytes | mmap.mmap) -> bool:
    """Return whether an object has pixels, all of which can be decoded; nobody looks for writing in them.

    For an object at which a person has looked.

    Raises
    ------
    HeldBackError
        The pixels cannot be decoded, so nobody can have seen them.
    """
    try:
        with faults_of("its header"):
            dataset = _read(data)
        if not any(name in dataset for name in _PIXELS):
            return False
        for _ in decoded(dataset):
            pass
    except UnrenderableError:
        raise HeldBackError(_UNDECODABLE) from None
    return True


def _read(data: bytes | mmap.mmap) -> Dataset:
    """Read an object; the pages of a mapped file go again, so that its pixels are in memory once."""
    if not isinstance(data, mmap.mmap):
        return dcmread(BytesIO(data), force=True)
    data.seek(0)
    dataset = dcmread(data, force=True)  # type: ignore[arg-type]  # it reads and seeks as a file does
    data.madvise(mmap.MADV_DONTNEED)
    return dataset


def _of(dataset: Dataset, rules: tuple[devices.DeviceRule, ...]) -> Sight:
    covered = list(devices.areas(rules, dataset))
    known = known_words(dataset)
    proposed, lines, kept = [], 0, 0
    ways = list(_ways(dataset))
    for (shown, _), found in zip(ways, _lines(dataset, ways), strict=True):
        new = [line for line in found if not _lies_within(line.area, covered)]
        sure = [line for line in new if not line.doubtful]
        proposed += [line.area for line in new if line.doubtful]
        stay = _staying(shown, sure, known)
        lines, kept = lines + len(new), kept + sum(stay)
        covered += [part for line, stays in zip(sure, stay, strict=True) if not stays for part in line.parts]
    said = "" if covered or not _says_burned_in(dataset) else _SAYS_SO
    labelled = doubt_about(dataset)
    rule: Rule = "slide-label" if labelled else "says-burned-in"
    planes = planes_to_look_at(dataset)
    return Sight(tuple(covered), tuple(proposed), lines, kept, labelled or said, rule, planes)


def _lines(dataset: Dataset, ways: Sequence[tuple["Shown", NDArray[Any] | None]]) -> tuple[tuple[Line, ...], ...]:
    """Return the lines of writing found in each way of showing an object."""
    likeness = _likeness(dataset)
    if likeness not in _found:
        lossless = _is_lossless(dataset)
        at_home = is_like_ultrasound(dataset)
        planes = planes_to_look_at(dataset)
        _found[likeness] = tuple(
            find_in_slide(dataset, shown.rendering, planes, like_ultrasound=bool(at_home))
            if planes
            else detection.find(shown, stored=stored, lossless=lossless, like_ultrasound=at_home)
            for shown, stored in ways
        )
        if len(_found) > _MOST_FOUND:
            _found.popitem(last=False)
    _found.move_to_end(likeness)
    return _found[likeness]


def _likeness(dataset: Dataset) -> bytes:
    """Return what two objects share that show the same: their pixels, and all that says how these are shown."""
    digest = sha256(str(dataset.file_meta.get("TransferSyntaxUID") if hasattr(dataset, "file_meta") else "").encode())
    digest.update(f"like ultrasound: {is_like_ultrasound(dataset)} ".encode())
    for element in dataset:
        if element.tag.group in _SHOWING or element.tag in _PLACES or element.keyword in _PIXELS:
            value = element.value
            digest.update(f"{element.tag} {element.VR} ".encode())
            digest.update(value if isinstance(value, bytes) else repr(value).encode())
    return digest.digest()


_SHOWING = frozenset({0x0028, 0x0048, *range(0x6000, 0x6020, 2)})  # 0048: the matrix of a slide
_PLACES = frozenset({0x00080016, 0x00209162, 0x00209228, 0x00209311, 0x20500020, 0x52009229, 0x52009230})
"""SOP class, concatenation, order of the tiles; Presentation LUT Shape; functional groups."""


_SAYS_SO = "it says itself that an identity is burned into its pixels, and none was found; a person has to look at it"


def _says_burned_in(dataset: Dataset) -> bool:
    return str(dataset.get("BurnedInAnnotation") or "").strip().upper() == "YES"


def _ways(dataset: Dataset) -> Iterator[tuple[Shown, NDArray[Any] | None]]:
    """Yield the object with all that is stored, which a window can hide, and as it is shown, where that differs."""
    first = next(decoded(dataset, [0]))
    yield Shown(dataset, Rendering.of(dataset, whole=True)), first if first.ndim == 2 else None
    if first.ndim == 2 and _is_narrow(dataset, first):
        yield Shown(dataset, Rendering.of(dataset)), None


def _is_narrow(dataset: Dataset, stored: NDArray[Any]) -> bool:
    """Return whether the object's own window shows much less than what is stored."""
    if str(dataset.get("PhotometricInterpretation") or "") == "PALETTE COLOR":
        return False
    shown = Rendering.of(dataset).picture(stored, 0)
    all_of_it = Rendering.of(dataset, whole=True).picture(stored, 0)
    if shown.shape != all_of_it.shape or shown.size == 0:
        return False
    spread = np.ptp(all_of_it[(shown > 0) & (shown < 255)]) if ((shown > 0) & (shown < 255)).any() else 0
    return bool(spread < _NEARLY_ALL * 255)


def _is_lossless(dataset: Dataset) -> bool:
    syntax = UID(str(dataset.file_meta.get("TransferSyntaxUID") or "")) if hasattr(dataset, "file_meta") else UID("")
    lossy = str(dataset.get("LossyImageCompression") or "") == "01"
    return not lossy and str(syntax) not in _LOSSY


_LOSSY = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 81, 91, 93, 203))


def _lies_within(area: Area, areas: Sequence[Area]) -> bool:
    return any(
        one.frame in (None, area.frame)
        and one.left <= area.left
        and one.top <= area.top
        and one.right >= area.right
        and one.bottom >= area.bottom
        for one in areas
    )


def _staying(shown: Shown, lines: Sequence[Line], known: Sequence[str]) -> list[bool]:
    """Read lines, and say of each whether it is surely the device's own, wherever it reads differently."""
    whole = [line for line in lines if line.method not in _PIECES]
    read = iter(detection.readings(shown, whole) if whole else [])
    return [line.method not in _PIECES and _stays(next(read), known) for line in lines]


def _stays(said: Sequence[Reading], known: Sequence[str]) -> bool:
    return bool(said) and all(judge(reading.text, reading.confidence, known).stays for reading in said)


_PIECES = ("text network", "tiles")  # what they see may be a piece of a line: two digits of a date read as a depth


def known_words(dataset: Dataset) -> tuple[str, ...]:
    """Return the names, numbers and dates of people in the object's own header, for comparing with what is read."""
    found: list[str] = []
    for element in dataset.iterall():
        if element.VR in ("PN", "DA") or element.keyword in _NUMBERS:
            values = element.value if isinstance(element.value, MultiValue) else [element.value]
            found += [text for value in values if len(text := str(value or "").strip()) >= _SHORTEST]
    return tuple(dict.fromkeys(found))


_NUMBERS = frozenset(
    {"PatientID", "OtherPatientIDs", "AccessionNumber", "StudyID", "AdmissionID", "MedicalRecordLocator"}
)
