"""What a log may hold: lines of shapes that are known to name nobody, whichever program wrote them (F11).

Everything else is left out. Of a message of Orthanc the time, the level and the place in its source always stay, and
these tell which message it was.
"""

import json
import re
import tomllib
from importlib.resources import files
from typing import Any

from orthanc_plugin.stack.logkeeping.file import now

_DATA: dict[str, Any] = tomllib.loads(files(__package__).joinpath("lines.toml").read_text(encoding="utf-8"))
_SLOTS: dict[str, str] = _DATA["slots"]
_KEYS: frozenset[str] = frozenset(_DATA["json"]["keys"])
_LONGEST = 64 * 1024  # characters of a line; what is longer is no line of ours
_LEFT_OUT = "[...]"


def _pattern(text: str) -> str:
    """Return a template as a regular expression: its words as they stand, its slots as `lines.toml` defines them."""
    pieces = re.split(r"\{(\w+)\}", text)
    return "".join(_SLOTS[piece] if number % 2 else re.escape(piece) for number, piece in enumerate(pieces))


def _any_of(templates: list[str]) -> str:
    return "|".join(map(_pattern, templates))


_ORTHANC = re.compile(rf"({_SLOTS['orthanc']})(.*)", re.DOTALL)
_PHRASES = re.compile(rf"(?:{_any_of(_DATA['orthanc']['phrases'])})(?:: |$)")
_PLAIN = re.compile(_any_of(_DATA["plain"]["lines"]))
_LISTS = re.compile(_any_of(_DATA["plain"]["lists"]))
_ITEMS = re.compile(_any_of(_DATA["plain"]["items"]))
_ERROR = re.compile(rf"({_SLOTS['error']}): .*", re.DOTALL)


class Lines:
    """Makes of what a process wrote, piece by piece, the lines that its log may hold."""

    def __init__(self) -> None:
        self._rest = ""
        self._within_list = False

    def of(self, written: str) -> list[str]:
        """Return the lines that are whole by now, without anything that might name a patient.

        Parameters
        ----------
        written
            The next piece; it may begin and end in the middle of a line.
        """
        *whole, self._rest = (self._rest + written).split("\n")
        if len(self._rest) > _LONGEST:
            whole, self._rest = [*whole, self._rest], ""
        lines = [self._safe(line) for line in whole if line.strip()]
        kept = [line for line in lines if line is not None]
        left_out = len(lines) - len(kept)
        return [*kept, f"{now()} lines of another shape, left out here: {left_out}"] if left_out else kept

    def _safe(self, line: str) -> str | None:
        """Return what may be kept of a line; an item of a list only below the line that begins the list."""
        if self._within_list and _ITEMS.fullmatch(line):
            return line
        self._within_list = _LISTS.fullmatch(line) is not None
        return line if self._within_list else safe(line)


def safe(line: str) -> str | None:
    """Return what a log may hold of one line: all of it, a part, or None for nothing.

    Parameters
    ----------
    line
        As a process wrote it, without its end.
    """
    if line.startswith("{"):
        return _of_ours(line)
    if from_orthanc := _ORTHANC.fullmatch(line):
        return from_orthanc[1] + known(from_orthanc[2])
    if _PLAIN.fullmatch(line):
        return line
    if error := _ERROR.fullmatch(line):
        return f"{error[1]}: {_LEFT_OUT}"
    return None


def known(message: str) -> str:
    """Return as much of a message of Orthanc, from its beginning, as consists of phrases that name nobody."""
    kept = 0
    while kept < len(message) and (phrase := _PHRASES.match(message, kept)):
        kept = phrase.end()
    return message if kept == len(message) else message[:kept] + _LEFT_OUT


def _of_ours(line: str) -> str | None:
    """Return a line of JSON with the keys that portal and engine may log; None where it is none."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return None
    kept = {key: value for key, value in content.items() if key in _KEYS and not isinstance(value, dict | list)}
    return json.dumps(kept) if kept else None
