"""What the objects of a series share: stretches of elements that are the same to the byte are treated once.

Two objects of a kind that were read whole tell which elements differ. What lies between those is compared in one go
with the next object's bytes, and only where it is the same is its outcome taken over; the rest is read as ever. Where
anything is not where it was, the object is read whole. An outcome belongs to one `Context`: the patient, the release
key and the terms to look for (docs/decisions/0080).
"""

from bisect import bisect_right
from dataclasses import dataclass, field

from orthanc_plugin.deid.actions.context import Context
from orthanc_plugin.deid.bytewise.reader import Reader
from orthanc_plugin.deid.bytewise.table import PIXELS, PRIVATE, Compiled, Entry, Found, OddError
from orthanc_plugin.deid.errors import UnreadableError
from orthanc_plugin.deid.objects.facts import FACT_TAGS, LONGEST_FACT

_FEWEST = 3  # elements: a shorter stretch is as quickly read as compared
_LONGEST = 1 << 14  # bytes of one element
_ROOM = 1 << 11  # bytes by which what differs may grow from one object to the next
_SETTLED = 4  # objects that fitted in a row: when then one does not, another series has begun
_AFRESH = 256  # objects that fitted: learning again may find longer stretches, and costs little
_IN_VAIN = 16  # objects that shared nothing: what differed once may be the same by now
_MOST_CONTEXTS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Elements in a row that were the same in two objects.

    Attributes
    ----------
    raw : bytes
        Theirs.
    found : list of Found
        Where they are, counted from the start of the stretch.
    room : int
        How far behind the stretch before it is looked for.
    """

    raw: bytes
    found: list[Found]
    room: int

    @property
    def first(self) -> int:
        """Return the tag of its first element."""
        return self.found[0][0].tag

    @property
    def last(self) -> int:
        """Return the tag of its last element."""
        return self.found[-1][0].tag

    def at(self, start: int) -> list[Found]:
        """Return where its elements are when it begins at `start`."""
        return [(entry, at + start, value + start, stop + start) for entry, at, value, stop in self.found]


Part = list[Found] | tuple[Stretch, int]
"""Elements that were read, or a stretch and where it begins; they take turns, and the first and last were read."""
Marker = tuple[int, bytes]
Decision = tuple[Context, list[Marker]]
"""That an object may pass: how, and with which markers."""
_BEHIND_ALL = 1 << 32


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of the stretches in one context.

    Attributes
    ----------
    markers : list of Marker
        That were added.
    shares : list of list of Marker
        Those that belong to each part.
    made : dict
        New bytes of each stretch, filled as they are made.
    """

    markers: list[Marker]
    shares: list[list[Marker]]
    made: dict[Stretch, bytes]


@dataclass(slots=True, eq=False)
class Template:
    """The stretches of a series, the facts in them, and what became of them for each patient.

    Attributes
    ----------
    decided : dict
        What was decided about whole objects, by what they are like; `decide` keeps it bounded.
    """

    stretches: list[Stretch] = field(default_factory=list)
    facts: dict[int, bytes] = field(default_factory=dict)
    outcomes: dict[tuple[Context, bool], Outcome] = field(default_factory=dict)
    decided: dict[object, tuple[object, Decision]] = field(default_factory=dict)

    def decide(self, likeness: object, request: object, decision: Decision) -> None:
        """Keep a decision for objects of a likeness, and for the very same request."""
        if len(self.decided) >= _MOST_CONTEXTS:
            self.decided.clear()
        self.decided[likeness] = request, decision

    def outcome(self, context: Context, numbered: bool, markers: list[Marker]) -> Outcome:
        """Return what became of the stretches in this context and with these markers."""
        found = self.outcomes.get((context, numbered))
        if found is None or found.markers is not markers:
            if len(self.outcomes) >= _MOST_CONTEXTS:
                self.outcomes.clear()
            found = self.outcomes[context, numbered] = Outcome(markers, self._shares(markers), {})
        return found

    def _shares(self, markers: list[Marker]) -> list[list[Marker]]:
        """Divide the markers among the parts; what was read goes up to the stretch that follows."""
        bounds = [bound for each in self.stretches for bound in (each.first - 1, each.last)]
        ends = [bisect_right(markers, bound, key=_marked) for bound in [*bounds, _BEHIND_ALL]]
        return [markers[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _marked(marker: Marker) -> int:
    return marker[0]


class Series:
    """Learns what the objects of one plan and encoding share, and finds it again.

    Parameters
    ----------
    tables : Compiled
        Of the plan and encoding.
    """

    def __init__(self, tables: Compiled) -> None:
        self.tables = tables
        self._template = Template()
        self._chunks: dict[int, bytes] = {}
        self._differing: set[int] = set()
        self._fitted = self._in_vain = 0

    def read(self, reader: Reader, start: int) -> tuple[list[Part], Template]:
        """Return the elements of an object, and the template that its stretches belong to.

        Raises
        ------
        OddError, UnreadableError
            When the object is not plain, or is cut short.
        """
        template = self._template
        if template.stretches:
            parts = _fitting(template, reader, start) if self._fitted < _AFRESH else None
            if parts is not None:
                self._fitted += 1
                return parts, template
            self._begin_again()
        found = reader.rest(start, -1)
        self._learn(reader.data, found)
        return [found], Template()

    def _begin_again(self) -> None:
        if self._fitted >= _SETTLED:
            self._differing = set()
        self._template, self._chunks, self._fitted = Template(), {}, 0

    def _learn(self, data: bytes, found: list[Found]) -> None:
        known, chunks = self._chunks, {each[0].tag: data[each[1] : each[3]] for each in found if _may_be_shared(each)}
        self._chunks = chunks
        if known:
            self._differing |= {tag for tag in chunks.keys() | known.keys() if chunks.get(tag) != known.get(tag)}
            self._template = _template(data, found, chunks.keys() - self._differing)
            self._in_vain = 0 if self._template.stretches else self._in_vain + 1
            if self._in_vain == _IN_VAIN:
                self._differing, self._in_vain = set(), 0


def _may_be_shared(found: Found) -> bool:
    """Say whether an element's outcome depends on nothing but its bytes and the context."""
    entry, at, _, stop = found
    return entry.kind not in (PIXELS, PRIVATE) and stop - at <= _LONGEST and not _tells_more(entry)


def _tells_more(entry: Entry) -> bool:
    return entry.fact and entry.tag not in FACT_TAGS


def _template(data: bytes, found: list[Found], shared: set[int]) -> Template:
    template, run, end = Template(), list[Found](), found[0][1] if found else 0
    for each in [*found, None]:
        if each is not None and each[0].tag in shared:
            run.append(each)
            continue
        if len(run) >= _FEWEST:
            _add(template, data, run, end)
            end = run[-1][3]
        run = []
    return template


def _add(template: Template, data: bytes, run: list[Found], end: int) -> None:
    start, stop = run[0][1], run[-1][3]
    moved = [(entry, at - start, value - start, last - start) for entry, at, value, last in run]
    template.stretches.append(Stretch(data[start:stop], moved, start - end + _ROOM))
    for entry, _, value, last in run:
        if entry.fact:
            template.facts[entry.tag] = data[value : min(last, value + LONGEST_FACT)]


def _fitting(template: Template, reader: Reader, start: int) -> list[Part] | None:
    """Return the parts of an object that has all stretches; None where it has not.

    Between stretches the elements are read: they must end where the stretch begins, and be in the order of the tags,
    so that a chance likeness inside a value cannot be taken for a stretch.
    """
    parts: list[Part] = []
    data, at, last = reader.data, start, -1
    try:
        for stretch in template.stretches:
            place = data.find(stretch.raw, at, at + stretch.room + len(stretch.raw))
            if place < 0:
                reader.telling.clear()
                return None
            found, _ = reader.elements(at, place, 0, after=last)
            if found and found[-1][0].tag >= stretch.first:
                reader.telling.clear()
                return None
            parts += [found, (stretch, place)]
            at, last = place + len(stretch.raw), stretch.last
        parts.append(reader.rest(at, last))
    except (OddError, UnreadableError):
        reader.telling.clear()
        return None  # it is read whole, and then says by itself what is wrong with it
    return parts
