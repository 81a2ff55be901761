"""Free text: what identifies goes, the rest stays."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import ClassVar, Literal

from orthanc_plugin.deid import standard
from orthanc_plugin.deid.actions.base import Action, SequenceAction
from orthanc_plugin.deid.actions.context import Context
from orthanc_plugin.deid.actions.dummy import dummy_value
from orthanc_plugin.deid.text.clean import Mode, cleaned

OnNothing = Literal["remove", "empty", "dummy"]

_LONGEST_TEXT = 1 << 16  # bytes; no person writes more into one attribute, and searching must end
_ONE_VALUE = frozenset({"ST", "LT", "UT"})  # the backslash is text in these
_IN_WORDS = {
    "allow-list": "only words known to be harmless stay",
    "known-and-patterns": "known identifiers, numbers, dates, addresses and titles with names go",
    "kept": "kept, but for names and numbers of the patient and the staff",
}


def _readable(value: bytes, context: Context) -> str | None:
    if len(value) > _LONGEST_TEXT:
        return None
    try:
        text = context.decode(value.rstrip(b" \0"))
    except (UnicodeDecodeError, LookupError):
        return None
    return None if "�" in text or "\0" in text else text


@dataclass(frozen=True)
class CleanText(Action):
    """PS3.15 C for text, and the treatment of text that Table E.1-1 does not list."""

    mode: Mode
    on_nothing: OnNothing = "remove"
    on_sequence: ClassVar[SequenceAction] = "recurse"

    def __call__(self, vr: str, value: bytes, context: Context) -> bytes | None:
        """Return the cleaned text; text that cannot be read counts as nothing left."""
        text = _readable(value, context)
        if text is None:
            return self._nothing(vr)
        parts = [text] if vr in _ONE_VALUE else text.split("\\")
        new = [self._one(part, context) for part in parts]
        if new == parts:
            return value if text else b""
        return context.encode("\\".join(new)) if any(new) else self._nothing(vr)

    def _one(self, part: str, context: Context) -> str:
        return cleaned(part, context.known, self.mode)

    def _nothing(self, vr: str) -> bytes | None:
        return {"remove": None, "empty": b"", "dummy": dummy_value(vr)}[self.on_nothing]

    def describe(self) -> str:
        """Say what it does."""
        left = {"remove": "removed", "empty": "emptied", "dummy": "replaced by a constant"}[self.on_nothing]
        return f"cleaned: {_IN_WORDS[self.mode]}; {left} where nothing is left"


@dataclass(frozen=True)
class CleanCode(CleanText):
    """Code values and code meanings: those of PS3.16 stay, local ones are cleaned as text."""

    what: Literal["value", "meaning"] = "value"

    def _one(self, part: str, context: Context) -> str:
        codes, meanings = standard.codes()
        if part.strip() in (codes if self.what == "value" else meanings):
            return part
        left = cleaned(part, context.known, self.mode)
        return left if self.what == "meaning" or left == part else ""  # half a code is another code

    def describe(self) -> str:
        """Say what it does."""
        return f"codes of the standard stay; others {super().describe()}"


_SHORT_LABEL = re.compile(r"[A-Za-z]?\d{1,3}|\d{1,3}[A-Z][a-z]?", re.ASCII)
_VERSION = re.compile(r"\d{1,2}(?:\.\d{1,3}){0,2}", re.ASCII)  # one that is a date goes: nobody knows whose


@dataclass(frozen=True)
class CleanLabel(CleanText):
    """A label that tells one thing of an object from another: a short one stays, whatever else is cleaned.

    Attributes
    ----------
    what : {"label", "version"}
        The version of a coding scheme is a number.
    """

    what: Literal["label", "version"] = "label"

    def _one(self, part: str, context: Context) -> str:
        form = _SHORT_LABEL if self.what == "label" else _VERSION
        if form.fullmatch(part.strip()) and not context.known.found_in(part):
            return part
        return cleaned(part, context.known, self.mode)

    def describe(self) -> str:
        """Say what it does."""
        kept = "a short number or letter" if self.what == "label" else "the number of a version"
        return f"{kept} stays; else {super().describe()}"


@cache
def _schemes() -> frozenset[str]:
    """Return the registered coding schemes (``text/schemes.txt``, PS3.16 table 8-1)."""
    lines = (files("orthanc_plugin.deid.text") / "schemes.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@dataclass(frozen=True)
class CleanScheme(CleanText):
    """The name of a coding scheme: registered ones stay, a local one becomes 99LOCAL."""

    def _one(self, part: str, context: Context) -> str:  # noqa: ARG002  the interface of its parent
        return part if not part.strip() or part.strip() in _schemes() else "99LOCAL"

    def describe(self) -> str:
        """Say what it does."""
        return "registered coding schemes stay, a local one is called 99LOCAL"
