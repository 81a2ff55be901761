"""Commands under a clock that is wrong, by Debian's `faketime`: the rest of the machine keeps the right time."""

from collections.abc import Sequence


def at_a_wrong_time(offset: str, command: Sequence[str]) -> list[str]:
    """Return `command` so that it runs with its clock off, such as ``+2h`` or ``-40d``; waiting stays right."""
    return ["env", "DONT_FAKE_MONOTONIC=1", "faketime", "-f", offset, *command]
