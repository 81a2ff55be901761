"""Tables, curves and offsets with more bytes than the object says they have: room for anything (PS3.3 C.7.6.3, C.10.9).

Pixel data is measured in structure.py.
"""

import itertools
import math
import struct
from collections.abc import Iterator, Mapping

from orthanc_plugin.verify.finding import Finding
from orthanc_plugin.verify.look.embedded import BEGINNINGS, RLE
from orthanc_plugin.verify.reading.reading import Reading
from orthanc_plugin.verify.reading.sizes import frame_length, frames, plane
from orthanc_plugin.verify.reading.walk import Element, name_place

_DESCRIPTORS = {
    0x00281201: 0x00281101, 0x00281202: 0x00281102, 0x00281203: 0x00281103, 0x00281204: 0x00281104,
    0x00283006: 0x00283002,
}  # fmt: skip
"""Tables of values, with what says how many they have (PS3.3 C.7.6.3.1.5, C.11.1.1)."""
_WAVEFORM, _CHANNELS, _SAMPLES, _WAVE_BITS = 0x54001010, 0x003A0005, 0x003A0010, 0x54001004
_SPECTRUM, _POINT_ROWS, _POINT_COLUMNS, _REPRESENTATION = 0x56000020, 0x00289001, 0x00289002, 0x00289108
_OFFSETS, _LENGTHS = 0x7FE00001, 0x7FE00002
_WATCHED = frozenset({*_DESCRIPTORS, _WAVEFORM, _SPECTRUM, _OFFSETS, _LENGTHS})
_MOST_ENTRIES = 1 << 16
_ENCAPSULATED_NATIVE = "1.2.840.10008.1.2.1.98"

Siblings = Mapping[int, Element]


def findings(reading: Reading) -> Iterator[Finding]:
    """Yield where there are bytes beside what is described, unless all of them are the same, as padding is."""
    watched = [each for each in reading.elements if each[0] in _WATCHED]
    beside = _siblings(reading, {each[4] for each in watched})
    for element in watched:
        tag, _, start, length, parent = element
        if tag in (_OFFSETS, _LENGTHS):
            if not _is_offsets(reading, element):
                yield Finding(name_place(tag, parent), "more-bytes-than-offsets")
            continue
        needed = _needed(reading, tag, beside[parent])
        if needed and length > needed + needed % 2 and not _is_padding(reading.data[start + needed : start + length]):
            yield Finding(name_place(tag, parent), "more-bytes-than-described")
    yield from _native_fragments(reading)
    if reading.pixels is not None and _frames_begun(reading) > frames(reading):
        yield Finding(name_place(reading.pixels[0]), "more-frames-than-described")


def _is_padding(value: bytes) -> bool:
    return len(set(value)) <= 1


def _siblings(reading: Reading, parents: set[str]) -> dict[str, dict[int, Element]]:
    """Return the elements of some items, by the path of the item."""
    found: dict[str, dict[int, Element]] = {parent: {} for parent in parents}
    for element in reading.elements if parents else ():
        if element[4] in found:
            found[element[4]][element[0]] = element
    return found


def _needed(reading: Reading, tag: int, beside: Siblings) -> int:
    """Return how many bytes an element's value should have; 0 where nobody says."""
    if tag in _DESCRIPTORS:
        entries = _first(reading, _DESCRIPTORS[tag], beside)
        return 0 if entries is None else 2 * (entries or _MOST_ENTRIES)
    if tag == _WAVEFORM:
        parts = [_first(reading, each, beside) for each in (_CHANNELS, _SAMPLES, _WAVE_BITS)]
        return math.prod(part or 0 for part in parts) // 8
    points = (_first(reading, _POINT_ROWS, beside) or 0) * (_first(reading, _POINT_COLUMNS, beside) or 0)
    parts_of_one = 2 if _raw(reading, _REPRESENTATION, beside).strip() == b"COMPLEX" else 1
    return plane(reading) * points * parts_of_one * 4 * frames(reading)


def _raw(reading: Reading, tag: int, beside: Siblings) -> bytes:
    """Return the value of a sibling; of one that is the same as in the object before, as it was told there."""
    element = beside.get(tag)
    if element is not None:
        return reading.value(element)
    told = reading.told(tag)
    return told[1] if told else b""


def _first(reading: Reading, tag: int, beside: Siblings) -> int | None:
    """Return the first number of a sibling; None where it has none."""
    value = _raw(reading, tag, beside)
    size = 2 if tag in _DESCRIPTORS.values() else len(value)
    if size not in (2, 4) or len(value) < size:
        return None
    return int.from_bytes(value[:size], "big" if reading.transfer_syntax == "1.2.840.10008.1.2.2" else "little")


def _is_offsets(reading: Reading, element: Element) -> bool:
    """Whether a value holds offsets or lengths of frames that the file has room for (PS3.3 C.7.6.3.1.8)."""
    value, size = reading.value(element), max(len(reading.file), len(reading.data))
    if len(value) % 8:
        return False
    numbers: tuple[int, ...] = struct.unpack(f"<{len(value) // 8}Q", value)
    if element[0] == _LENGTHS:
        return sum(numbers) <= size
    grow = all(first < second for first, second in itertools.pairwise(numbers))
    return not numbers or (numbers[0] == 0 and numbers[-1] < size and grow)


def _native_fragments(reading: Reading) -> Iterator[Finding]:
    """Measure frames that are encapsulated as they are (PS3.5 A.4.11)."""
    if reading.transfer_syntax != _ENCAPSULATED_NATIVE or reading.pixels is None:
        return
    length = frame_length(reading)
    for start, size in reading.fragments[1:]:
        if length and size > length + length % 2 and not _is_padding(reading.data[start + length : start + size]):
            yield Finding(name_place(reading.pixels[0]), "more-bytes-than-pixels")


def _frames_begun(reading: Reading) -> int:
    """Return how many compressed frames begin: an image behind the last one is never shown, and never looked at."""
    fragments = reading.fragments[1:]
    if reading.transfer_syntax == RLE:
        return len(fragments)
    return sum(reading.data[start : start + 12].startswith(BEGINNINGS) for start, _ in fragments)
