"""Long lists, a page at a time, newest first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

ROWS = 50
T = TypeVar("T")


@dataclass(frozen=True)
class Links:
    """Where to go from a page."""

    newer: str | None
    older: str | None
    words: str


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; `first` and `last` count from 1."""

    rows: list[T]
    number: int
    total: int
    size: int = ROWS

    @classmethod
    def of(cls, rows: Sequence[T], asked: Mapping[str, str], size: int = ROWS) -> Self:
        """Return the page that `page=` in an address asks for; the first where it asks for none that there is."""
        text = asked.get("page", "1")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
        number = number if 1 <= number <= max(1, -(-len(rows) // size)) else 1
        return cls(list(rows[(number - 1) * size : number * size]), number, len(rows), size)

    @property
    def first(self) -> int:
        """Number of the first row shown."""
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return min(self.number * self.size, self.total)

    def links(self, address: Callable[[int], str], words: str) -> Links:
        """Return the addresses of the pages beside this one."""
        newer = address(self.number - 1) if self.number > 1 else None
        older = address(self.number + 1) if self.last < self.total else None
        return Links(newer, older, words)
