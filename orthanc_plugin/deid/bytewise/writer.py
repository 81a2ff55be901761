"""What becomes of each element: ranges of the source that stay, uncopied, and new bytes."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from orthanc_plugin.deid.actions.base import Action
from orthanc_plugin.deid.actions.context import Context
from orthanc_plugin.deid.actions.dummy import DUMMY_CODE_ITEM
from orthanc_plugin.deid.actions.keep import Keep, is_text
from orthanc_plugin.deid.bytewise.reader import ItemAt, Reader
from orthanc_plugin.deid.bytewise.table import (
    CONSTANT,
    GO,
    PIXELS,
    PRIVATE,
    SEQUENCE,
    VALUE,
    WHOLE,
    Found,
    OddError,
)
from orthanc_plugin.deid.objects.encoding import element, head
from orthanc_plugin.deid.objects.facts import Facts
from orthanc_plugin.deid.objects.values import is_lie, stored_vr
from orthanc_plugin.deid.pixels import frames
from orthanc_plugin.deid.rules.content import (
    CODE_VALUE,
    CODING_SCHEME,
    CONCEPT_NAME,
    CONTENT,
    VALUE_TYPE,
    Item,
    item_rule,
)
from orthanc_plugin.deid.rules.plan import REMOVE, private_vr

Range = tuple[int, int]
Piece = bytes | Range

_UNDEFINED = 0xFFFFFFFF
_ITEM_TAG, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, b"\xfe\xff\x0d\xe0\0\0\0\0", b"\xfe\xff\xdd\xe0\0\0\0\0"
_MEMO_LENGTH = 300
_CONTENT_ITEMS = -1  # beside the parents' tags
_MISSING: bytes = b"missing"
SAME: bytes = b"same"  # compared by identity: the element stays as it is


class Writer:
    """Treats the elements of one object.

    Parameters
    ----------
    reader : Reader
        That found them.
    context : Context
        Of the object.
    facts : Facts
        Of the object.
    numbered : bool
        Whether content items are referenced by their position.
    """

    def __init__(self, reader: Reader, context: Context, facts: Facts, *, numbered: bool) -> None:
        self.reader, self.data, self.implicit = reader, reader.data, reader.implicit
        self.context, self.facts, self.plan = context, facts, reader.tables.plan
        self.memo, self.numbered = reader.tables.memo(context, numbered), numbered

    def pieces(self, found: list[Found], parent: int, memo: dict[bytes, bytes] | None = None) -> list[Piece]:
        """Return what is written for the elements of one data set, in order."""
        data = self.data
        memo = self.memo.setdefault(parent, {}) if memo is None else memo
        creators: dict[int, str] = {}
        out: list[Piece] = []
        run = run_end = -1
        for each in found:
            entry, at, _, stop = each
            kind = entry.kind
            if kind == GO:
                new: bytes | list[Piece] = b""
            elif kind == CONSTANT:
                new = entry.constant
            elif kind <= VALUE and stop - at <= _MEMO_LENGTH:
                chunk = data[at:stop]
                new = memo.get(chunk, _MISSING)
                if new is _MISSING:
                    new = memo[chunk] = self._new(each)
            else:
                new = self._rare(each, creators, memo)
            if new is SAME:
                run, run_end = (at if run < 0 else run), stop
                continue
            if run >= 0:
                out.append((run, run_end))
                run = -1
            out += new if isinstance(new, list) else (new,) if new else ()
        return [*out, (run, run_end)] if run >= 0 else out

    def _rare(self, found: Found, creators: dict[int, str], memo: dict[bytes, bytes]) -> bytes | list[Piece]:
        """Treat what is long, a sequence, private, or the pixel data."""
        entry, at, _, stop = found
        if entry.kind == PIXELS:
            return self._pixels(found)
        if entry.kind == PRIVATE:
            return self._private(found, creators)
        if entry.kind != SEQUENCE or entry.tag == CONTENT or stop - at > _MEMO_LENGTH:
            return self._new(found)
        chunk = self.data[at:stop]
        new = memo.get(chunk)
        if new is None:
            new = memo[chunk] = self._new(found)
        return new

    def _new(self, found: Found) -> bytes:
        """Return the new bytes of an element, `SAME`, or none where it goes."""
        entry, _, value, stop = found
        if entry.kind == SEQUENCE:
            return self._sequence(found)
        even = (stop - value) % 2 == 0
        if entry.kind == WHOLE and even and isinstance(entry.action, Keep):
            return SAME if self._is_kept(entry.action, entry.vr, value, stop) else b""
        if is_lie(entry.tag, entry.vr, entry.source_vr, entry.action):
            return b""
        old = self.data[value:stop]
        new = entry.action(entry.vr, old, self.context)
        if new is None:
            return b""
        written = stored_vr(entry.tag, entry.vr, entry.source_vr or None)
        if new is old and written == (entry.source_vr or written) and len(old) % 2 == 0:
            return SAME
        return element(entry.tag, written, new, implicit=self.implicit)

    def _is_kept(self, action: Keep, vr: str, value: int, stop: int) -> bool:
        """Say whether numbers stay; long ones unread."""
        length = stop - value
        return action.fits(vr, length) and not (action.may_be_text(vr, length) and is_text(self.data[value:stop]))

    def _private(self, found: Found, creators: dict[int, str]) -> bytes:
        """Treat a private attribute by the creator of its block."""
        entry, _, value, stop = found
        group, low = entry.tag >> 16, entry.tag & 0xFFFF
        if 0x10 <= low <= 0xFF:
            creator = self.data[value:stop].strip(b" \0").decode("latin-1")
            creators[group << 8 | low] = creator
            action, vr = self.plan.creator_action(creator), "LO"
        else:
            creator = creators.get(group << 8 | low >> 8, "")
            action, vr = self.plan.private_action(creator, entry.tag), private_vr(creator, entry.tag)
        if action == REMOVE or (entry.source_vr == "SQ") != (vr == "SQ") or entry.source_vr not in ("", "UN", vr):
            return b""
        kind = SEQUENCE if vr == "SQ" else VALUE
        return self._new((replace(entry, vr=vr, action=action, kind=kind), *found[1:]))

    def _sequence(self, found: Found) -> bytes:
        entry, at, value, _ = found
        kind = entry.action.on_sequence
        if kind == "empty":
            return element(entry.tag, "SQ", b"", implicit=self.implicit)
        if kind == "dummy":
            return _dummy_codes(entry.tag, self.implicit)
        items = self.reader.items_of(*found)
        treat = self._content_item if entry.tag == CONTENT else self._item
        new = [treat(entry.tag, item) for item in items]
        if all(each is SAME for each in new):
            return SAME
        kept = [each for each in new if each]
        if not kept:
            return b""
        pairs = zip(items, new, strict=True)
        body = b"".join(self.data[item.start : item.end] if each is SAME else each for item, each in pairs)
        if self.reader.is_undefined(entry, at):
            return self.data[at:value] + body + _SEQUENCE_END
        return head(entry.tag, "SQ", len(body), implicit=self.implicit) + body

    def _content_item(self, tag: int, item: ItemAt) -> bytes:
        """Treat a content item; a short one that was met before needs no second look."""
        if item.end - item.start > _MEMO_LENGTH:
            return self._item(tag, item)
        memo = self.memo.setdefault(_CONTENT_ITEMS, {})
        chunk = self.data[item.start : item.end]
        new = memo.get(chunk)
        if new is None:
            new = memo[chunk] = self._item(tag, item)
        return new

    def _item(self, tag: int, item: ItemAt) -> bytes:
        """Return the new bytes of an item, `SAME`, or none where a content item goes."""
        found: list[Found] = item.found
        memo: dict[bytes, bytes] | None = None
        if tag == CONTENT:
            rule = item_rule(self.plan.profile, self._concept(found), numbered=self.numbered)
            if rule.removed:
                return b""
            if rule.value:
                found = [self._own(each, rule.value) for each in found]
                memo = self.memo.setdefault(-id(rule.value), {})  # the rules of a profile live as long as it
        pieces = self.pieces(found, tag, memo)
        if pieces == [(item.content, item.content_end)] or (not pieces and item.content == item.content_end):
            return SAME
        body = self.joined(pieces)
        if item.end > item.content_end:
            return self.data[item.start : item.content] + body + _ITEM_END
        return self.data[item.start : item.start + 4] + len(body).to_bytes(4, "little") + body

    def joined(self, pieces: list[Piece]) -> bytes:
        """Return pieces as bytes."""
        data = self.data
        return b"".join(piece if isinstance(piece, bytes) else data[piece[0] : piece[1]] for piece in pieces)

    def _own(self, found: Found, actions: Mapping[int, Action]) -> Found:
        """Return an element with the action that its content item demands."""
        entry = found[0]
        action = actions.get(entry.tag)
        if action is None or entry.source_vr == "SQ":
            return found
        known = self.reader.tables.own
        key = (entry, id(action))
        if key not in known:
            known[key] = replace(entry, action=action, kind=VALUE)
        return (known[key], *found[1:])

    def _concept(self, found: list[Found]) -> Item:
        code = scheme = b""
        for each in found:
            if each[0].tag == CONCEPT_NAME and each[0].vr == "SQ":
                items = self.reader.items_of(*each)
                if items:
                    code, scheme = (self.reader.value(items[0].found, tag) for tag in (CODE_VALUE, CODING_SCHEME))
        texts = (code, scheme, self.reader.value(found, VALUE_TYPE))
        one, two, three = (text.strip(b" \0").decode("latin-1") for text in texts)
        return one, two, three

    def _pixels(self, found: Found) -> list[Piece]:
        """Return the pixel data: as they are, cut after the last pixel, or with text in compressed frames blanked."""
        entry, at, value, stop = found
        if entry.source_vr not in ("", "OB", "OW"):
            raise OddError
        if self.reader.is_undefined(entry, at):
            return self._compressed(at, value, stop)
        needed = self.facts.native_length
        if needed is None or stop - value <= needed:
            return [(at, stop)]
        return [head(entry.tag, entry.source_vr or "OW", needed, implicit=self.implicit), (value, value + needed)]

    def _compressed(self, at: int, value: int, stop: int) -> list[Piece]:
        values, _ = frames.fragments(self.data, value, stop)
        new = frames.cleaned(self.data, values, self.facts.transfer_syntax, self.facts.plane)
        out: list[Piece] = []
        done = at
        for place in values:
            if place in new:
                out += [(done, place[0]), new[place]]
                done = place[1]
        out.append((done, stop))
        return out


@cache
def _dummy_codes(tag: int, implicit: bool) -> bytes:
    body = b"".join(element(part, vr, value, implicit=implicit) for part, vr, value in DUMMY_CODE_ITEM)
    item = head(_ITEM_TAG, "", len(body), implicit=True) + body
    return head(tag, "SQ", len(item), implicit=implicit) + item
