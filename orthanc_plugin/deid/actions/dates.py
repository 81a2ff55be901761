"""Dates and times that stay: as they are (D1) or moved by the patient's own number of days (D2)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from orthanc_plugin.deid.actions.base import Action, values
from orthanc_plugin.deid.actions.context import Context

_DATE = re.compile(rb"(\d{4})[.]?(\d\d)[.]?(\d\d)")
_TIME = re.compile(rb"[0-2]\d(?::?[0-5]\d(?::?[0-6]\d(?:\.\d{1,6})?)?)?")
_DATETIME = re.compile(rb"(\d{4})(\d\d)?(\d\d)?((?:[0-2]\d(?:[0-5]\d(?:[0-6]\d(?:\.\d{1,6})?)?)?)?(?:[+-]\d{4})?)")


def _shifted(year: bytes, month: bytes, day: bytes, days: int) -> bytes | None:
    try:
        moved = date(int(year), int(month or 1), int(day or 1)) + timedelta(days)
    except (ValueError, OverflowError):
        return None
    return f"{moved.year:04}{moved.month:02}{moved.day:02}".encode()


def _date(part: bytes, days: int) -> bytes | None:
    match = _DATE.fullmatch(part)
    return _shifted(match[1], match[2], match[3], days) if match else None


def _datetime(part: bytes, days: int) -> bytes | None:
    match = _DATETIME.fullmatch(part)
    moved = _shifted(match[1], match[2], match[3], days) if match else None
    if not match or moved is None:
        return None
    precision = 4 + 2 * bool(match[2]) + 2 * bool(match[3])
    return moved[:precision] + match[4]


@dataclass(frozen=True)
class KeepDate(Action):
    """DA, TM, DT that are one stay, moved by the context's days where `shift` says so; anything else is emptied."""

    shift: bool

    def __call__(self, vr: str, value: bytes, context: Context) -> bytes:
        """Return the moved values; no bytes where one of them is no date."""
        days = context.shift if self.shift else 0
        new = [self._one(vr, part, days) for part in values(value)]
        if any(part is None for part in new):
            return b""
        joined = b"\\".join(part or b"" for part in new)
        return value if days == 0 else joined

    @staticmethod
    def _one(vr: str, part: bytes, days: int) -> bytes | None:
        if not part:
            return part
        if vr == "TM":
            return part if _TIME.fullmatch(part) else None
        return _datetime(part, days) if vr == "DT" else _date(part, days)

    def describe(self) -> str:
        """Say what it does."""
        return (
            "moved by the patient's own number of days; times of day stay"
            if self.shift
            else "kept where it is a date or time"
        )
