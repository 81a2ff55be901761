"""Our own walk over the bytes of a DICOM object (PS3.5 section 7, PS3.10 section 7).

The de-identifying side reads with its own code, so that a mistake there is not repeated here.
"""

import mmap
import struct
from functools import lru_cache
from typing import NamedTuple

from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.tag import Tag

MAX_DEPTH = 60
UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
_LONG = frozenset({b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"SQ", b"UN", b"UT", b"UC", b"UR", b"SV", b"UV"})
_SHORT = frozenset(
    {b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FL", b"FD", b"IS", b"LO", b"LT", b"PN"}
    | {b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US"}
)


VRS = _SHORT | _LONG

Buffer = bytes | mmap.mmap
"""A whole file: sliced into bytes, searched, measured."""


class StructureError(ValueError):
    """The bytes do not follow PS3.5; says where and what, never a value."""


Element = tuple[int, bytes, int, int, str]
"""One element that holds a value: tag, two-letter VR, value's start and length, path of its parent item.

A bare tuple: a named one costs more to make than everything else that is done for an element.
"""


class Syntax(NamedTuple):
    """How elements are written: byte order ``<`` or ``>``, and whether the VR is in the bytes."""

    order: str
    explicit: bool


IMPLICIT = Syntax("<", explicit=False)
EXPLICIT = Syntax("<", explicit=True)
BIG = Syntax(">", explicit=True)


class Fragmented(NamedTuple):
    """Encapsulated pixel data: where each fragment lies."""

    spans: list[tuple[int, int]]


@lru_cache(maxsize=8192)
def dictionary_vr(tag: int) -> bytes:
    """Return the VR that PS3.6 gives `tag`, ``UN`` when it gives none."""
    try:
        return dictionary_VR(Tag(tag)).encode()[:2]
    except KeyError:
        return b"UN"


def name_place(tag: int, parent: str = "") -> str:
    """Return a place that a person can look up: path, tag and keyword; private names are not shown."""
    keyword = keyword_for_tag(Tag(tag))
    own = f"({tag >> 16:04X},{tag & 0xFFFF:04X})" + (f" {keyword}" if keyword else "")
    return f"{parent} > {own}" if parent else own


def begins(element: Element) -> int:
    """Return where an element of explicit VR begins, with its tag."""
    return element[2] - (12 if element[1] in _LONG else 8)


class _Tags(dict[int, int]):
    """Tags by the number that four bytes of a header make; little endian has group and element the wrong way round."""

    def __init__(self, order: str) -> None:
        super().__init__()
        self._swapped = order == "<"

    def __missing__(self, raw: int) -> int:
        if len(self) > _MAX_TAGS:
            self.clear()
        tag = (raw & 0xFFFF) << 16 | raw >> 16 if self._swapped else raw
        self[raw] = tag
        return tag


_MAX_TAGS = 65536
_READERS = {
    order: (
        struct.Struct(order + "LHH").unpack_from,
        _Tags(order),
        {int.from_bytes(vr, "little" if order == "<" else "big"): vr for vr in _SHORT},
    )
    for order in "<>"
}
"""By byte order: reader of an element's header, tag of its first four bytes, VRs with a two-byte length by number."""


class Walker:
    """Collects every element of a data set, at every depth.

    Parameters
    ----------
    data
        The bytes.
    syntax
        Byte order and VR encoding of the outermost level.
    """

    def __init__(self, data: Buffer, syntax: Syntax) -> None:
        self.data = data
        self.elements: list[Element] = []
        self.fragments: dict[int, Fragmented] = {}
        self._tag_length = {order: struct.Struct(order + "HHL").unpack_from for order in "<>"}
        self._long = {order: struct.Struct(order + "L").unpack_from for order in "<>"}
        self.syntax = syntax

    def walk(self, start: int, end: int) -> None:
        """Walk the elements between two offsets.

        Raises
        ------
        StructureError
            Where the bytes do not follow PS3.5.
        """
        try:
            reached = self._level(self.syntax, start, end, "", 0)
        except struct.error as error:
            raise StructureError("an element header is cut off") from error
        if reached != end:
            raise StructureError("an item ends where none began")

    def _level(self, syntax: Syntax, pos: int, end: int, parent: str, depth: int) -> int:
        """Walk elements until `end` or an item's end; return where it stopped."""
        if syntax.explicit:
            return self._explicit(syntax, pos, end, parent, depth)
        return self._implicit(pos, end, parent, depth)

    def _explicit(self, syntax: Syntax, pos: int, end: int, parent: str, depth: int) -> int:
        """Walk explicit VR elements: the loop in which a verification spends its time."""
        data, append = self.data, self.elements.append
        header, tags, short_vrs = _READERS[syntax.order]
        while pos < end:
            raw, code, length = header(data, pos)
            vr = short_vrs.get(code)
            if vr is not None:
                start = pos + 8
                pos = start + length
                append((tags[raw], vr, start, length, parent))
                continue
            tag = tags[raw]
            if tag == ITEM_END:
                return pos + 8
            vr = data[pos + 4 : pos + 6]
            if vr not in _LONG:
                if not (tag or parent or any(data[pos:end])):  # zeros behind the object, as archives on tape have
                    return end
                raise StructureError(f"{name_place(tag, parent)} has no valid VR")
            length = self._long[syntax.order](data, pos + 8)[0]
            pos = self._value((tag, vr, pos + 12, length, parent), end, depth, syntax)
        if pos > end:
            raise StructureError(f"{name_place(self.elements[-1][0], parent)} reaches beyond its container")
        return pos

    def _implicit(self, pos: int, end: int, parent: str, depth: int) -> int:
        """Walk implicit VR elements; see `_explicit`."""
        header = self._tag_length["<"]
        while pos < end:
            group, number, length = header(self.data, pos)
            tag = group << 16 | number
            if tag == ITEM_END:
                return pos + 8
            vr = dictionary_vr(tag)
            pos = self._value((tag, vr, pos + 8, length, parent), end, depth, IMPLICIT)
        return pos

    def _value(self, element: Element, end: int, depth: int, syntax: Syntax) -> int:
        """Take in one element's value, descending into sequences; return where the next element starts."""
        tag, vr, start, length, parent = element
        undefined = length == UNDEFINED
        stop = end if undefined else start + length
        if stop > end or start > end:
            raise StructureError(f"{name_place(tag, parent)} reaches beyond its container")
        if undefined and tag in PIXEL_TAGS:
            return self._fragments(element, end, syntax)
        if vr == b"SQ" or undefined or (vr == b"UN" and self._is_item(start, stop)):
            inner = IMPLICIT if vr == b"UN" else syntax
            return self._sequence(element, stop, depth + 1, inner)
        self.elements.append(element)
        return stop

    def _is_item(self, start: int, stop: int) -> bool:
        return stop - start >= 8 and self.data[start : start + 4] == b"\xfe\xff\x00\xe0"

    def _sequence(self, element: Element, stop: int, depth: int, syntax: Syntax) -> int:
        if depth > MAX_DEPTH:
            raise StructureError(f"sequences are nested deeper than {MAX_DEPTH}")
        tag, vr, start, length, parent = element
        mark = len(self.elements)
        self.elements.append((tag, vr, start, 0, parent))
        try:
            return self._items(element, stop, depth, syntax)
        except (StructureError, struct.error):
            if vr != b"UN" or length == UNDEFINED:
                raise
            del self.elements[mark:]  # it only looked like a sequence: read as one value
            self.elements.append(element)
            return stop

    def _items(self, element: Element, stop: int, depth: int, syntax: Syntax) -> int:
        place = name_place(element[0], element[4])
        pos, number = element[2], 0
        while pos < stop:
            group, item, length = self._tag_length[syntax.order](self.data, pos)
            tag, pos = group << 16 | item, pos + 8
            if tag == SEQUENCE_END:
                return pos
            if tag != ITEM:
                raise StructureError(f"{place} holds something that is not an item")
            number += 1
            pos = self._item((pos, length, stop), f"{place}[{number}]", depth, syntax)
        if element[3] == UNDEFINED:
            raise StructureError(f"{place} is never closed")
        return pos

    def _item(self, where: tuple[int, int, int], place: str, depth: int, syntax: Syntax) -> int:
        pos, length, stop = where
        end = stop if length == UNDEFINED else pos + length
        if end > stop:
            raise StructureError(f"{place} reaches beyond its sequence")
        reached = self._level(syntax, pos, end, place, depth)
        if length != UNDEFINED and reached != end:
            raise StructureError(f"{place} has a delimiter before its end")
        return reached

    def _fragments(self, element: Element, end: int, syntax: Syntax) -> int:
        spans: list[tuple[int, int]] = []
        outer, vr, start, _, parent = element
        pos, header = start, self._tag_length[syntax.order]
        while pos < end:
            group, number, length = header(self.data, pos)
            tag, pos = group << 16 | number, pos + 8
            if tag == SEQUENCE_END:
                self.elements.append((outer, vr, start, pos - start, parent))
                self.fragments[len(self.elements) - 1] = Fragmented(spans)
                return pos
            if tag != ITEM or pos + length > end:
                raise StructureError(f"{name_place(outer, parent)} has a broken fragment")
            spans.append((pos, length))
            pos += length
        raise StructureError(f"{name_place(outer, parent)} is never closed")
