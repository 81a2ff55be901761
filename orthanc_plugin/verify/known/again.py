"""Recognise what was read before: stretches of elements that are the same to the byte in the objects of a series.

The verifier's own memory, apart from the de-identifying side's (ADR 0041, 0080). It shortens the way to one answer
only: that there is nothing to find. Whatever is not the same is read as ever, and what is found is found in the whole
object.
"""

import os
import struct
from dataclasses import dataclass, field

from orthanc_plugin.verify.known.known import Kind
from orthanc_plugin.verify.reading.file import BEGINNINGS
from orthanc_plugin.verify.reading.reading import Reading, begun, find_pixels
from orthanc_plugin.verify.reading.sizes import TOLD_BY_TOP, excess_pixels
from orthanc_plugin.verify.reading.walk import EXPLICIT, VRS, Element, StructureError, Walker, begins

_PLAIN = "1.2.840.10008.1.2.1"
"""Explicit VR little endian, which most files are in."""
_AFRESH = 256
"""Objects that fitted: learning again may find longer stretches, and costs little."""
_IN_VAIN = 16
"""Objects that shared nothing: what differed once may be the same by now."""
_MOST_CLEAN = 64
_FEWEST = 3
"""Elements: a shorter stretch is as quickly read as compared."""
_LONGEST = 16 * 1024
_ROOM = 2048
"""Bytes by which what differs may grow from one object to the next."""
_SETTLED = 4
"""Objects that fitted in a row: when then one does not, another series has begun."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Elements in a row that were the same in two objects.

    Attributes
    ----------
    raw : bytes
        Theirs.
    elements : tuple of Element
        With offsets into `raw`.
    room : int
        How far behind the stretch before it may be.
    """

    raw: bytes
    elements: tuple[Element, ...]
    room: int


@dataclass(slots=True, eq=False)
class Template:
    """The stretches of a series, in order, and what their users keep of them.

    Attributes
    ----------
    shared : dict
        VR and value of those outermost elements in the stretches that tell about the whole object.
    clean : set
        Under which circumstances nothing was found in a whole object that has all stretches.
    told : tuple, optional
        What identifies in the stretches, when somebody has asked: tag, kind and value of each; and the UIDs.
    """

    stretches: list[Stretch] = field(default_factory=list)
    shared: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    clean: set[object] = field(default_factory=set)
    told: tuple[list[tuple[int, Kind, bytes]], list[bytes]] | None = None

    def is_clean(self, circumstances: object) -> None:
        """Remember under which circumstances nothing was found; bounded."""
        if len(self.clean) >= _MOST_CLEAN:
            self.clean.clear()
        self.clean.add(circumstances)


class Memory:
    """What was learnt from the objects before.

    Parameters
    ----------
    private
        Whether private elements may be left out: not where they are judged by the creator beside them.
    """

    def __init__(self, *, private: bool) -> None:
        self._private = private
        self._template: Template | None = None
        self._chunks: dict[int, bytes] = {}
        self._differing: set[int] = set()
        self._fitted = self._in_vain = 0

    def fit(self, handle: int) -> tuple[Reading, Template] | None:
        """Return an object without what is the same as before, and the template that has it; None where it differs.

        Parameters
        ----------
        handle
            Its open file.

        Raises
        ------
        OSError
            When it cannot be read.
        """
        if self._template is None:
            return None
        size = os.fstat(handle).st_size
        afresh = self._fitted >= _AFRESH
        reading = None if afresh else _fitting(self._template, os.pread(handle, BEGINNINGS[0], 0), size)
        if reading is None:
            if self._fitted >= _SETTLED:
                self._differing = set()
            self._template, self._chunks, self._fitted = None, {}, 0
            return None
        self._fitted += 1
        return reading, self._template

    def learn(self, reading: Reading) -> Template | None:
        """Learn from an object that did not fit; return the template that came of it, whose stretches it has."""
        found = _chunks(reading)
        if found is None:
            return None
        known, chunks = self._chunks, {tag: chunk for tag, _, chunk in found}
        self._chunks = chunks
        if not known:
            return None
        self._differing |= {tag for tag in chunks.keys() | known.keys() if chunks.get(tag) != known.get(tag)}
        same = {tag for tag in chunks.keys() - self._differing if self._private or not tag & 0x10000}
        template = _template(reading, found, same)
        if template.stretches:
            self._template, self._in_vain = template, 0
            return template
        self._in_vain += 1
        if self._in_vain == _IN_VAIN:
            self._differing, self._in_vain = set(), 0
        return None


def _chunks(reading: Reading) -> list[tuple[int, int, bytes]] | None:
    """Return tag, start and bytes of each outermost element; None for an object that is not plain."""
    odd = reading.headless or reading.fault or reading.fragments or reading.transfer_syntax != _PLAIN
    if odd or reading.pixels is None or not reading.has_vrs:
        return None
    outermost = [each for each in reading.elements if not each[4]]
    if outermost[-1] is not reading.pixels:
        return None
    starts = [begins(each) for each in outermost]
    found = [
        (each[0], start, reading.data[start:stop])
        for each, start, stop in zip(outermost[:-1], starts[:-1], starts[1:], strict=True)
    ]
    return found if len({tag for tag, _, _ in found}) == len(found) else None


def _template(reading: Reading, found: list[tuple[int, int, bytes]], same: set[int]) -> Template:
    template = Template()
    run: list[tuple[int, int, bytes]] = []
    end = found[0][1] if found else 0
    for tag, start, chunk in [*found, (0, 0, b"")]:
        if tag in same and len(chunk) <= _LONGEST:
            run.append((tag, start, chunk))
            continue
        if len(run) >= _FEWEST:
            begin, raw = run[0][1], b"".join(each[2] for each in run)
            template.stretches.append(_stretch(reading, begin, raw, begin - end + _ROOM))
            end = begin + len(raw)
        run = []
    for stretch in template.stretches:
        for tag, vr, start, length, parent in stretch.elements:
            if tag in TOLD_BY_TOP and not parent:
                template.shared[tag] = vr, stretch.raw[start : start + length]
    return template


def _stretch(reading: Reading, begin: int, raw: bytes, room: int) -> Stretch:
    inside = (each for each in reading.elements if begin <= each[2] < begin + len(raw))
    elements = ((tag, vr, start - begin, length, parent) for tag, vr, start, length, parent in inside)
    return Stretch(raw, tuple(elements), room)


def _fitting(template: Template, beginning: bytes, size: int) -> Reading | None:
    """Return an object that has all stretches with the elements between them; None where it has not.

    What is between must be whole elements: a chance likeness inside a value is no stretch.
    """
    try:
        reading, at = begun(beginning)
        if reading.transfer_syntax != _PLAIN or beginning[at + 4 : at + 6] not in VRS:
            return None
        walker = Walker(beginning, EXPLICIT)
        for stretch in template.stretches:
            place = beginning.find(stretch.raw, at, at + stretch.room + len(stretch.raw))
            if place < 0:
                return None
            walker.walk(at, place)
            reading.spans.append((at, place))
            at = place + len(stretch.raw)
        walker.walk(at, size)
    except (StructureError, struct.error):
        return None
    reading.elements, reading.shared = walker.elements, template.shared
    find_pixels(reading, walker.fragments)
    return reading if _is_plain(reading, at, size) else None


def _is_plain(reading: Reading, at: int, size: int) -> bool:
    if reading.pixels is None or not reading.suffices(size):
        return False
    reading.spans.append((at, reading.pixels[2]))
    again = any(each[0] in reading.shared for each in reading.elements if not each[4])
    return not again and excess_pixels(reading) is None
