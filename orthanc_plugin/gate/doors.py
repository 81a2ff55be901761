"""Every way out of Orthanc as data (`doors.toml`), and the look-up of the one door a request stands before."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from orthanc_plugin.gate.paths import canonical

NOBODY = "nobody"
_OPEN = -1
_LEVEL = "(?P<level>patients|studies|series|instances)"


@dataclass(frozen=True)
class Door:
    """One way in or out, with what it is used for.

    Attributes
    ----------
    name
        In words, for the journal and for messages.
    use
        The use a role must hold (`roles.toml`).
    kind
        The survey's classes: a pixels, b tags, c sends out, d derives, e endangers, f harmless.
    methods
        The HTTP methods that open it; HEAD reaches the gate as GET.
    noted_by
        Who notes a passage in the journal: the filter, or the route, which knows the body.
    why
        Why it is as it is.
    """

    name: str
    use: str
    kind: str
    methods: frozenset[str]
    noted_by: str = "filter"
    why: str = ""


@dataclass(frozen=True)
class Passage:
    """A request in front of its door: the door and the named parts of the path (`study`, `destination` ...)."""

    door: Door
    path: str
    parts: Mapping[str, str]


def _segment(segment: str) -> str:
    """Return the regular expression of one part of a pattern."""
    if segment == "{level}":
        return _LEVEL
    if match := re.fullmatch(r"\{(\w+)\.\.\.\}", segment):
        return f"(?P<{match[1]}>.+)"
    if match := re.fullmatch(r"(.*)\{(\w+)\}", segment):
        return f"{re.escape(match[1])}(?P<{match[2]}>[^/]+)"
    if segment.startswith("(") and segment.endswith(")"):
        return "(?:" + "|".join(re.escape(word) for word in segment[1:-1].split("|")) + ")"
    return re.escape(segment)


def _compiled(pattern: str) -> re.Pattern[str]:
    if pattern == "/":
        return re.compile("/")
    return re.compile("".join("/" + _segment(segment) for segment in pattern[1:].split("/")))


def _count(pattern: str) -> int:
    """Return how many parts the paths have that `pattern` matches."""
    return _OPEN if "..." in pattern else pattern.count("/")


def _first_parts(pattern: str) -> Iterable[str]:
    """Return the literal first parts of the paths that `pattern` can match, to index it by."""
    first = pattern[1:].split("/", 1)[0]
    if first == "{level}":
        return ("patients", "studies", "series", "instances")
    return first.strip("()").split("|")


class Doors:
    """The table, indexed by method, first part and number of parts of a path: it is asked at every request."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.known_versions: tuple[str, ...] = tuple(table["known_versions"])
        self.uses: Mapping[str, str] = table["uses"]
        self._index: dict[tuple[str, str, int], list[tuple[re.Pattern[str], Door]]] = defaultdict(list)
        for row in table["door"]:
            self._add(row)

    @classmethod
    def load(cls, file: Path | None = None) -> "Doors":
        """Read the table.

        Parameters
        ----------
        file
            Another table than the one that ships with the gate.

        Raises
        ------
        KeyError, tomllib.TOMLDecodeError
            For a table that is not one; Orthanc then refuses to start.
        """
        text = (file or Path(__file__).with_name("doors.toml")).read_text(encoding="utf-8")
        return cls(tomllib.loads(text))

    def _add(self, row: Mapping[str, Any]) -> None:
        if row["use"] not in self.uses:
            raise KeyError(f"doors.toml: door {row['name']!r} has the unknown use {row['use']!r}; list it under [uses]")
        door = Door(row["name"], row["use"], row["class"], frozenset(row["methods"]))
        door = replace(door, noted_by=row.get("noted_by", "filter"), why=row.get("why", ""))
        for pattern in row["paths"]:
            for method in door.methods:
                for start in _first_parts(pattern):
                    self._index[method, start, _count(pattern)].append((_compiled(pattern), door))

    def find(self, method: str, uri: str) -> Passage | None:
        """Return the door that a request stands before.

        Parameters
        ----------
        method
            GET, POST, PUT or DELETE.
        uri
            The path as it was asked for.

        Returns
        -------
        Passage or None
            None for a route the table does not know: refuse it.
        """
        path = canonical(uri)
        if path is None:
            return None
        for pattern, door in self.candidates(method, path):
            if match := pattern.fullmatch(path):
                return Passage(door, path, match.groupdict())
        return None

    def candidates(self, method: str, path: str) -> Iterator[tuple[re.Pattern[str], Door]]:
        """Yield the patterns that could match a `path` in its one form."""
        start = path[1:].split("/", 1)[0]
        yield from self._index.get((method, start, path.count("/")), ())
        yield from self._index.get((method, start, _OPEN), ())

    def __iter__(self) -> Iterator[Door]:
        """Yield every door once."""
        return iter({door: None for rows in self._index.values() for _, door in rows})
