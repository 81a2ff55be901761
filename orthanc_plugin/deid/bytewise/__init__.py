"""The byte walker: explicit and implicit VR little endian, touching only the bytes that must change.

An object's own elements are found first, because what they say decides about the whole object and about every text;
then each is treated. What stays is never copied: the result is a list of ranges of the source and of new bytes.
Whatever is not plain (a VR that lies about a sequence, a broken order, a character set inside an item) is `OddError`:
`slow` takes over, with the same result.
"""

from bisect import bisect_right

from orthanc_plugin.deid.bytewise.facts import facts_of
from orthanc_plugin.deid.bytewise.reader import Reader
from orthanc_plugin.deid.bytewise.table import Found, OddError, compiled
from orthanc_plugin.deid.bytewise.writer import Piece, Writer
from orthanc_plugin.deid.content import BY_REFERENCE, CONTENT
from orthanc_plugin.deid.context import Context
from orthanc_plugin.deid.facts import Facts
from orthanc_plugin.deid.plan import Plan

__all__ = ["OddError", "Piece", "Walk"]

_BY_REFERENCE = (BY_REFERENCE >> 16).to_bytes(2, "little") + (BY_REFERENCE & 0xFFFF).to_bytes(2, "little")


class Walk:
    """One object, read; `facts` decide about it, `pieces` are the new data set.

    Parameters
    ----------
    data : bytes
        The file, or the inflated data set; a memory map does as well.
    start : int
        Where the data set starts.
    plan : Plan
        Of profile and SOP class.
    transfer_syntax : str
        Of the data set.
    implicit : bool
        Whether it is in implicit VR.

    Raises
    ------
    OddError
        When it is not plain enough.
    UnreadableError
        When it is cut short or hostile.
    """

    def __init__(self, data: bytes, start: int, plan: Plan, transfer_syntax: str, *, implicit: bool) -> None:
        self.reader = Reader(data, compiled(plan, implicit))
        self.found, _ = self.reader.elements(start, len(data), 0)
        self.facts: Facts = facts_of(self.reader, transfer_syntax)

    def pieces(self, context: Context, markers: list[tuple[int, bytes]]) -> list[Piece]:
        """Return the new data set.

        Parameters
        ----------
        context : Context
            Of the object.
        markers : list of (tag, bytes)
            Elements to add, encoded.
        """
        writer = Writer(self.reader, context, self.facts, numbered=self._is_numbered())
        out: list[Piece] = []
        start = 0
        for tag, marker in markers:
            end = bisect_right(self.found, tag, start, key=_tag)
            replaced = end > start and self.found[end - 1][0].tag == tag
            out += writer.pieces(self.found[start : end - replaced], 0)
            out.append(marker)
            start = end
        return out + writer.pieces(self.found[start:], 0)

    def _is_numbered(self) -> bool:
        if not any(each[0].tag == CONTENT for each in self.reader.telling):
            return False
        return self.reader.data.find(_BY_REFERENCE) >= 0


def _tag(found: Found) -> int:
    return found[0].tag
