"""Some frames of an object taken out of many, without going through those before them."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.encaps import encapsulate, generate_frames, parse_fragments
from pydicom.uid import UID, ImplicitVRLittleEndian

from orthanc_plugin.rendering.decoding import decoded
from orthanc_plugin.rendering.errors import faults_of
from orthanc_plugin.rendering.sizes import frame_count

_OF_ALL = ("PixelData", "ExtendedOffsetTable", "ExtendedOffsetTableLengths", "NumberOfFrames")
_GROUPS = "PerFrameFunctionalGroupsSequence"
_ITEM = 8  # bytes of an item's tag and length


class StoredFrames:
    """The frames of an object as it stores them.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With its pixels; it is not changed.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._dataset, self._count = dataset, frame_count(dataset)

    def decoded(self, numbers: Sequence[int]) -> Iterator[NDArray[Any]]:
        """Yield frames, counted from 0, as `rendering.decoded` does; the time does not grow with how many there are.

        Raises
        ------
        UnrenderableError
        """
        with faults_of("its pixels"):
            pixels = self.pixels(numbers)
        if pixels is None or not numbers:
            yield from decoded(self._dataset, numbers)
            return
        few = Dataset(self._header)
        few.file_meta = self._dataset.file_meta
        few.NumberOfFrames = len(numbers)
        few.add_new("PixelData", self._dataset["PixelData"].VR, pixels)
        few["PixelData"].is_undefined_length = self._dataset["PixelData"].is_undefined_length
        yield from decoded(few)

    def pixels(self, numbers: Sequence[int]) -> bytes | None:
        """Return the value of Pixel Data for these frames alone; None where they do not begin at whole bytes."""
        if "PixelData" not in self._dataset:
            return None
        value: bytes = self._dataset.PixelData
        if UID(self._dataset.file_meta.get("TransferSyntaxUID") or ImplicitVRLittleEndian).is_encapsulated:
            return encapsulate([self._encoded(value, number) for number in numbers])
        samples = int(self._dataset.get("SamplesPerPixel") or 1)
        size = int(self._dataset.Rows) * int(self._dataset.Columns) * samples * int(self._dataset.BitsAllocated) // 8
        if self._dataset.BitsAllocated == 1 or not 0 <= len(value) - size * self._count <= 1:
            return None
        part = b"".join(value[size * number : size * (number + 1)] for number in numbers)
        return part + bytes(len(part) % 2)

    @cached_property
    def _header(self) -> dict[Any, Any]:
        kept = (element for element in self._dataset if element.keyword not in (*_OF_ALL, _GROUPS))
        return {element.tag: element for element in kept}

    def _encoded(self, value: bytes, number: int) -> bytes:
        if self._starts is None:
            return self._joined[number]
        start = self._starts[number]
        length = int.from_bytes(value[start + 4 : start + _ITEM], "little")
        return value[start + _ITEM : start + _ITEM + length]

    @cached_property
    def _starts(self) -> list[int] | None:
        """Where the frames begin, if each is one fragment."""
        value: bytes = self._dataset.PixelData
        table = _ITEM + int.from_bytes(value[4:_ITEM], "little")
        count, starts = parse_fragments(value[table:])
        return [table + start for start in starts] if count == self._count else None

    @cached_property
    def _joined(self) -> list[bytes]:
        offsets = None
        if "ExtendedOffsetTable" in self._dataset and "ExtendedOffsetTableLengths" in self._dataset:
            offsets = (self._dataset.ExtendedOffsetTable, self._dataset.ExtendedOffsetTableLengths)
        frames = generate_frames(self._dataset.PixelData, number_of_frames=self._count, extended_offsets=offsets)
        return list(frames)
