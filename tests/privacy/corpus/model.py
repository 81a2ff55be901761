"""What is planted where."""

from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO

from pydicom import Dataset


class How(StrEnum):
    """How a planted value is looked for in an output."""

    TEXT = "text"  # anywhere: bytes, decoded elements, inflated streams
    DATE = "date"  # as text, but only in the object itself (another object may rightly hold that day)
    ELEMENT = "element"  # only in its own element: a number that may stand elsewhere
    PIXELS = "pixels"  # the drawn region is still the same


@dataclass(frozen=True)
class Planted:
    """One identifier: what, where, in which object."""

    object: str
    place: str
    kind: str
    value: str
    how: How = How.TEXT
    raw: bytes = b""  # the bytes of `value` where its encoding is not one that the finder tries
    region: tuple[int, int, int, int] = (0, 0, 0, 0)  # rows from, to, columns from, to

    def __str__(self) -> str:
        return f"{self.object}: {self.place} ({self.kind})"


@dataclass(frozen=True)
class Kept:
    """One value that the standard keeps: its path of keywords and its value as text."""

    object: str
    path: tuple[str | int, ...]
    value: str

    def __str__(self) -> str:
        return f"{self.object}: {'.'.join(map(str, self.path))}"


@dataclass(frozen=True)
class Reference:
    """One cross-reference: the UID at `path` of `source` is the one at `target_path` of `target`."""

    kind: str
    source: str
    path: tuple[str | int, ...]
    target: str
    target_path: tuple[str | int, ...]


@dataclass
class CorpusObject:
    """One object with what is planted in it."""

    name: str
    kind: str
    dataset: Dataset
    planted: list[Planted] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    data: bytes = b""

    def write(self) -> bytes:
        """Return the file's bytes, made once."""
        if not self.data:
            buffer = BytesIO()
            self.dataset.save_as(buffer, enforce_file_format=True)
            self.data = buffer.getvalue()
        return self.data
