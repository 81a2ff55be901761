"""What to do with each tag and VR, decided once and looked up by its raw bytes."""

from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from orthanc_plugin.deid.actions.base import Action
from orthanc_plugin.deid.actions.context import Context
from orthanc_plugin.deid.actions.dummy import Dummy, dummy_value
from orthanc_plugin.deid.actions.empty import Empty
from orthanc_plugin.deid.objects.container import LONG_VRS
from orthanc_plugin.deid.objects.encoding import element
from orthanc_plugin.deid.objects.facts import CONSENT_SEQUENCE, FACT_TAGS, OVERLAY_BITS, OVERLAY_MASK, PIXEL_DATA
from orthanc_plugin.deid.objects.identity import CHARSET
from orthanc_plugin.deid.objects.nested import INSIDE
from orthanc_plugin.deid.objects.values import stored_vr
from orthanc_plugin.deid.rules.content import CONTENT
from orthanc_plugin.deid.rules.plan import REMOVE, Plan, dictionary_vr

_ALL_VRS = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV".split()
)
_MEMO_ENTRIES, _MEMO_PATIENTS = 100_000, 16

_TELLING = FACT_TAGS | {PIXEL_DATA, CONSENT_SEQUENCE, CONTENT} | INSIDE


class Kind(IntEnum):
    """Kinds of treatment, from the point of view of somebody who wants to read as little as possible."""

    GO = 0
    WHOLE = 1  # stays, whatever it holds
    VALUE = 2  # the value has to be read
    CONSTANT = 3  # the same bytes whatever it holds
    SEQUENCE = 4
    PRIVATE = 5  # by its creator
    PIXELS = 6


GO, WHOLE, VALUE, CONSTANT, SEQUENCE, PRIVATE, PIXELS = map(int, Kind)  # plain integers for the innermost loop


class OddError(Exception):
    """Not plain enough for the byte walker."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What to do with a tag of a VR."""

    tag: int
    vr: str
    source_vr: str
    kind: int
    action: Action
    plain: bool = False  # a length of two bytes
    wide: bool = False  # two reserved bytes, then a length of four
    fact: bool = False
    constant: bytes = b""  # what takes its place whatever it was


Found = tuple[Entry, int, int, int]  # entry, start of the element, start of its value, end


class Table:
    """Entries by the raw bytes of tag and VR, for the items of one sequence (0: the object), made when first met."""

    def __init__(self, plan: Plan, parent: int, *, implicit: bool) -> None:
        self.plan, self.parent, self.implicit = plan, parent, implicit
        self.entries: dict[bytes, Entry] = {}

    def make(self, raw: bytes) -> Entry:
        """Return the entry for a tag (and VR, where explicit) met for the first time.

        Raises
        ------
        OddError
            When it is no tag with a VR.
        """
        tag = int.from_bytes(raw[:2], "little") << 16 | int.from_bytes(raw[2:4], "little")
        source_vr = "" if self.implicit else raw[4:6].decode("latin-1")
        if (source_vr and raw[4:6] not in _ALL_VRS) or tag >> 16 == 0xFFFE or (self.parent and tag == CHARSET):
            raise OddError
        vr, kind, action = self._treatment(tag, source_vr)
        wide = bool(source_vr) and raw[4:6] in LONG_VRS
        fact = not self.parent and (tag in _TELLING or tag & OVERLAY_MASK == OVERLAY_BITS)
        constant = self._constant(tag, vr, source_vr, action) if kind == CONSTANT else b""
        entry = Entry(tag, vr, source_vr, kind, action, bool(source_vr) and not wide, wide, fact, constant)
        if len(self.entries) < _MEMO_ENTRIES:
            self.entries[raw] = entry
        return entry

    def _treatment(self, tag: int, source_vr: str) -> tuple[str, int, Action]:
        if tag >> 16 & 1:
            return "", PRIVATE if self.plan.profile.private == "safe" else GO, REMOVE
        action, vr = self.plan.action(self.parent, tag), dictionary_vr(tag)
        if action == REMOVE or not tag & 0xFFFF or (source_vr == "SQ" and vr != "SQ"):
            return vr, GO, REMOVE
        if vr == "SQ":
            gone = source_vr not in ("", "SQ", "UN") or action.on_sequence == "remove"
            return vr, GO if gone else SEQUENCE, action
        return self._plain(tag, vr, source_vr, action)

    def _plain(self, tag: int, vr: str, source_vr: str, action: Action) -> tuple[str, int, Action]:
        """Return the treatment of an attribute that is no sequence."""
        if tag == PIXEL_DATA and not self.parent:
            return vr, PIXELS, action
        if isinstance(action, Empty) or (isinstance(action, Dummy) and vr != "UI"):
            return vr, CONSTANT, action
        same = source_vr in ("", stored_vr(tag, vr, source_vr or None))
        return vr, WHOLE if action.bulk and same else VALUE, action

    def _constant(self, tag: int, vr: str, source_vr: str, action: Action) -> bytes:
        value = dummy_value(vr) if isinstance(action, Dummy) else b""
        return element(tag, stored_vr(tag, vr, source_vr or None), value, implicit=self.implicit)


@dataclass(slots=True)
class Compiled:
    """Tables and memory for one plan and encoding, shared by all objects of it in this process."""

    plan: Plan
    implicit: bool
    tables: dict[int, Table] = field(default_factory=dict)
    memos: dict[tuple[Context, bool], dict[int, dict[bytes, bytes]]] = field(default_factory=dict)
    own: dict[tuple[Entry, int], Entry] = field(default_factory=dict)  # entries with the action of a content item

    def table(self, parent: int) -> Table:
        """Return the table for the items of `parent`."""
        found = self.tables.get(parent)
        if found is None:
            found = self.tables[parent] = Table(self.plan, parent, implicit=self.implicit)
        return found

    def memo(self, context: Context, numbered: bool) -> dict[int, dict[bytes, bytes]]:
        """Return what was treated before for this patient, by parent and whole element; it forgets when it grows."""
        found = self.memos.get((context, numbered))
        if found is None or sum(map(len, found.values())) > _MEMO_ENTRIES:
            if len(self.memos) >= _MEMO_PATIENTS:
                self.memos.clear()
            found = self.memos[context, numbered] = {}
        return found


@lru_cache(maxsize=64)
def compiled(plan: Plan, implicit: bool) -> Compiled:
    """Return the tables for a plan and encoding."""
    return Compiled(plan, implicit)
