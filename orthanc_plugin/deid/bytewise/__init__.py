"""The byte walker: explicit and implicit VR little endian, touching only the bytes that must change.

An object's own elements are found first, because what they say decides about the whole object and about every text;
then each is treated. What stays is never copied: the result is a list of ranges of the source and of new bytes.
Whatever is not plain (a VR that lies about a sequence, a broken order, a character set inside an item) is `OddError`:
`slow` takes over, with the same result.
"""

from bisect import bisect_right
from functools import lru_cache

from orthanc_plugin.deid.actions.context import Context
from orthanc_plugin.deid.bytewise.facts import facts_of
from orthanc_plugin.deid.bytewise.reader import Reader
from orthanc_plugin.deid.bytewise.series import Decision, Marker, Series
from orthanc_plugin.deid.bytewise.table import Found, OddError, compiled
from orthanc_plugin.deid.bytewise.writer import Piece, Writer
from orthanc_plugin.deid.objects.facts import FACT, Facts
from orthanc_plugin.deid.rules.content import BY_REFERENCE, CONTENT
from orthanc_plugin.deid.rules.plan import Plan

__all__ = ["OddError", "Piece", "Walk"]

_BY_REFERENCE = (BY_REFERENCE >> 16).to_bytes(2, "little") + (BY_REFERENCE & 0xFFFF).to_bytes(2, "little")
_INSTANCE = FACT["SOPInstanceUID"]


class Walk:
    """One object, read; `facts` decide about it, `pieces` are the new data set.

    Parameters
    ----------
    data : bytes
        The file, its beginning, or the inflated data set; a memory map does as well.
    start : int
        Where the data set starts.
    plan : Plan
        Of profile and SOP class.
    transfer_syntax : str
        Of the data set.
    implicit : bool
        Whether it is in implicit VR.
    size : int
        Of the whole; more than that of `data` where that is only its beginning.

    Raises
    ------
    OddError
        When it is not plain enough.
    UnreadableError
        When it is cut short or hostile; also when only its beginning is there, and that does not suffice.
    """

    def __init__(self, data: bytes, start: int, plan: Plan, transfer_syntax: str, *, implicit: bool, size: int) -> None:  # noqa: PLR0913  an object and how it is written
        series = _series(plan, implicit)
        self.reader = Reader(data, series.tables, size)
        self._parts, self._template = series.read(self.reader, start)
        self.facts: Facts = facts_of(self.reader, transfer_syntax, self._template.facts)

    def pieces(self, context: Context, markers: list[Marker]) -> list[Piece]:
        """Return the new data set.

        Parameters
        ----------
        context : Context
            Of the object.
        markers : list of (tag, bytes)
            Elements to add, encoded; the same list for all objects that get the same.
        """
        numbered = self._is_numbered()
        writer = Writer(self.reader, context, self.facts, numbered=numbered)
        outcome = self._template.outcome(context, numbered, markers)
        out: list[Piece] = []
        for part, own in zip(self._parts, outcome.shares, strict=True):
            if isinstance(part, list):
                out += _with(writer, part, own) if own else writer.pieces(part, 0)
                continue
            stretch, at = part
            new = outcome.made.get(stretch)
            if new is None:
                new = outcome.made[stretch] = writer.joined(_with(writer, stretch.at(at), own))
            out.append(new)
        return out

    def decided(self, request: object) -> Decision | None:
        """Return what was decided about an object that is like this one, for the very same request."""
        found = self._template.decided.get(self._likeness())
        return found[1] if found is not None and found[0] is request else None

    def decide(self, request: object, decision: Decision) -> None:
        """Keep what was decided about this object for those that are like it."""
        if self._template.stretches:
            self._template.decide(self._likeness(), request, decision)

    def _likeness(self) -> tuple[object, ...]:
        """Return everything in the facts that is not of the template, but the name of the object."""
        facts, shared = self.facts, self._template.facts
        own = tuple([each for each in facts.items() if shared.get(each[0]) is not each[1] and each[0] != _INSTANCE])
        named = bool(facts.get(_INSTANCE, b"").strip(b" \0"))
        flags = facts.overlay_in_pixels, facts.consent_refused, facts.transfer_syntax, facts.pixel_length
        return (named, *flags, *own)

    def _is_numbered(self) -> bool:
        if not any(each[0].tag == CONTENT for each in self.reader.telling):
            return False
        return self.reader.data.find(_BY_REFERENCE) >= 0


def _with(writer: Writer, found: list[Found], markers: list[Marker]) -> list[Piece]:
    """Return what is written for elements with the markers put in their places."""
    out: list[Piece] = []
    start = 0
    for tag, marker in markers:
        end = bisect_right(found, tag, start, key=_tag)
        replaced = end > start and found[end - 1][0].tag == tag
        out += writer.pieces(found[start : end - replaced], 0)
        out.append(marker)
        start = end
    return out + writer.pieces(found[start:], 0)


@lru_cache(maxsize=64)
def _series(plan: Plan, implicit: bool) -> Series:
    """Return what was learnt of the objects of a plan and encoding."""
    return Series(compiled(plan, implicit))


def _tag(found: Found) -> int:
    return found[0].tag
