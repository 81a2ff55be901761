"""The day by the portal's clock; and commands under a clock that is wrong, by Debian's `faketime`."""

from collections.abc import Sequence
from datetime import date

from consent_portal.clock import local_day, utc_now


def today() -> date:
    """Return the day on which it is asked: a run may go on over midnight."""
    return local_day(utc_now())


def at_a_wrong_time(offset: str, command: Sequence[str]) -> list[str]:
    """Return `command` so that it runs with its clock off, such as ``+2h`` or ``-40d``; waiting stays right."""
    return ["env", "DONT_FAKE_MONOTONIC=1", "faketime", "-f", offset, *command]
