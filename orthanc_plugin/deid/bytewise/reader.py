"""Where the elements and items of an object are; each is read once."""

import struct
from dataclasses import dataclass

from orthanc_plugin.deid.bytewise.table import PIXELS, Compiled, Entry, Found, OddError
from orthanc_plugin.deid.errors import UnreadableError
from orthanc_plugin.deid.pixels import frames

MOST_NESTING = 64  # sequences within sequences; real objects have ten, and Python must not run out of frames
_UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0"


@dataclass(frozen=True, slots=True)
class ItemAt:
    """Where an item of a sequence is, and what is in it."""

    start: int
    content: int
    found: list[Found]
    content_end: int
    end: int


_short = struct.Struct("<6sH").unpack_from
_plain = struct.Struct("<4sI").unpack_from
_long = struct.Struct("<I").unpack_from


class Reader:
    """Finds elements and items; knows nothing of what will become of them but the tables' entries.

    Parameters
    ----------
    data : bytes
        The file, or the inflated data set; a memory map does as well.
    tables : Compiled
        For the plan and encoding.
    size : int
        Of the file, where `data` is only its beginning: native pixel data may then go on to its end.

    Attributes
    ----------
    telling : list of Found
        Those of the object's own elements that decide about the whole object.
    """

    def __init__(self, data: bytes, tables: Compiled, size: int) -> None:
        self.data, self.tables, self.implicit, self.size = data, tables, tables.implicit, size
        self.telling: list[Found] = []
        self._items: dict[int, tuple[list[ItemAt], int]] = {}
        self._depth = 0

    def rest(self, at: int, after: int) -> list[Found]:
        """Return the object's own elements from `at` on to its end, the first behind the tag `after`.

        Raises
        ------
        OddError, UnreadableError
            As `elements`; also where the file goes on behind what was read.
        """
        found, end = self.elements(at, len(self.data), 0, after=after)
        if end != self.size:
            raise UnreadableError("truncated: the file goes on behind what was read of it")
        return found

    def elements(
        self, at: int, end: int, parent: int, *, delimited: bool = False, after: int = -1
    ) -> tuple[list[Found], int]:
        """Return the elements from `at` on, and where they end: at `end`, or at an item's delimiter.

        The first must come behind the tag `after`.

        Raises
        ------
        OddError, UnreadableError
            When they are not plain, or are cut short.
        """
        data, table = self.data, self.tables.table(parent)
        get, make = table.entries.get, table.make
        unpack = _plain if self.implicit else _short
        found: list[Found] = []
        append, last = found.append, after
        while at < end:
            if at + 8 > end:
                raise UnreadableError("truncated: it ends within the head of an attribute")
            raw, length = unpack(data, at)
            entry = get(raw)
            if entry is None:
                if delimited and raw[:4] == _ITEM_END:
                    return found, at
                entry = make(raw)
            if entry.tag <= last:
                raise OddError
            last = entry.tag
            value = at + 8
            stop = value + length
            if not entry.plain:
                value, stop = self._extent(entry, value, length, end)
            if stop > end and not (entry.kind == PIXELS and stop == self.size and end == len(data)):
                raise UnreadableError("truncated: an attribute ends after the end of the file")
            append((entry, at, value, stop))
            if entry.fact:
                self.telling.append(found[-1])
            at = stop
        if delimited:
            raise UnreadableError("truncated: an item has no end")
        return found, at

    def _extent(self, entry: Entry, value: int, length: int, end: int) -> tuple[int, int]:
        """Return where a value with a length of four bytes starts and ends."""
        if entry.wide:
            if value + 4 > end:
                raise UnreadableError("truncated: it ends within the head of an attribute")
            (length,) = _long(self.data, value)
            value += 4
        return value, value + length if length != _UNDEFINED else self._undefined(entry, value, end)

    def _undefined(self, entry: Entry, value: int, end: int) -> int:
        """Return where a value of undefined length ends, with its delimiter."""
        if entry.kind == PIXELS:
            return frames.fragments(self.data, value, end)[1]
        if entry.source_vr == "SQ" or (self.implicit and entry.vr == "SQ"):
            return self.items(entry.tag, value, end, delimited=True)[1]
        raise OddError

    def items(self, tag: int, at: int, end: int, *, delimited: bool) -> tuple[list[ItemAt], int]:
        """Return the items of a sequence, and where they end; read once only."""
        known = self._items.get(at)
        if known is not None:
            return known
        self._depth += 1
        if self._depth > MOST_NESTING:
            raise UnreadableError("its sequences are nested deeper than any real object's: refused as hostile")
        start, found = at, []
        while at < end or delimited:
            head_bytes, length = _plain(self.data, at) if at + 8 <= end else (b"", 0)
            if delimited and head_bytes == _SEQUENCE_END:
                at += 8
                break
            if head_bytes != _ITEM:
                raise OddError
            found.append(self._item(tag, at, length, end))
            at = found[-1].end
        self._depth -= 1
        self._items[start] = found, at
        return found, at

    def _item(self, tag: int, at: int, length: int, end: int) -> ItemAt:
        if length == _UNDEFINED:
            inside, stop = self.elements(at + 8, end, tag, delimited=True)
            return ItemAt(at, at + 8, inside, stop, stop + 8)
        stop = at + 8 + length
        if stop > end:
            raise UnreadableError("truncated: an item ends after its sequence")
        return ItemAt(at, at + 8, self.elements(at + 8, stop, tag)[0], stop, stop)

    def value(self, found: list[Found], tag: int) -> bytes:
        """Return the raw value of one of the elements; no bytes where it is not there."""
        for entry, _, value, stop in found:
            if entry.tag == tag:
                return self.data[value:stop]
        return b""

    def is_undefined(self, entry: Entry, at: int) -> bool:
        """Say whether the element at `at` has an undefined length."""
        if not (entry.wide or self.implicit):
            return False
        return bool(_long(self.data, at + (4 if self.implicit else 8))[0] == _UNDEFINED)

    def items_of(self, entry: Entry, at: int, value: int, stop: int) -> list[ItemAt]:
        """Return the items of a sequence that `elements` found."""
        if entry.source_vr not in ("SQ", ""):
            raise OddError
        return self.items(entry.tag, value, stop, delimited=self.is_undefined(entry, at))[0]
