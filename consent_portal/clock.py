"""Time, in one place: what is recorded is UTC, what a date means is the day in the United Kingdom."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/London")
EARLIEST = date(1900, 1, 1)
"""Before it no day that a person enters here can be meant: the year is a slip."""


def utc_now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def local_day(moment: datetime) -> date:
    """Return the calendar day on which `moment` falls in the United Kingdom (British Summer Time included)."""
    return moment.astimezone(LOCAL).date()


def start_of_day(day: date) -> datetime:
    """Return the first moment of `day` in the United Kingdom, as UTC."""
    return datetime.combine(day, time.min, LOCAL).astimezone(UTC)


def to_text(moment: datetime) -> str:
    """Return `moment` as fixed-width RFC 3339 text in UTC, so that text order is time order.

    Raises
    ------
    ValueError
        When `moment` has no time zone: a guess would shift consent by an hour in summer (hazard H7).
    """
    if moment.tzinfo is None:
        message = "A time without a time zone cannot be recorded; give it in UTC."
        raise ValueError(message)
    # Not strftime: its %Y writes the year 999 with three digits.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def from_text(text: str) -> datetime:
    """Return the moment that `to_text` (or any RFC 3339 text with a zone) wrote, in UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        message = "A time without a time zone was found where UTC is required."
        raise ValueError(message)
    return moment.astimezone(UTC)


def age_on(birth: date, day: date) -> int:
    """Return the age in whole years on `day`."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
