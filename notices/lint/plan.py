"""What an export profile keeps, read from what `aoa plan` prints."""

import re

from pydicom.datadict import keyword_for_tag

from notices.errors import PlanError
from notices.lint.practice import InForce

_LINE = re.compile(r"\(([0-9A-Fa-f]{4}),([0-9A-Fa-f]{4})\) [^:]*: (.*)")


def in_force(text: str) -> InForce:
    """Return what the plan `text` keeps, always or at times.

    Raises
    ------
    PlanError
        When it is not a plan.
    """
    found = [match for match in map(_LINE.fullmatch, text.splitlines()) if match]
    if not found:
        raise PlanError("The plan holds no attribute: write one with `aoa plan --level teaching > plan.txt`.")
    kept = (int(one[1] + one[2], 16) for one in found if _stays(one[3]))
    return InForce(kept=frozenset(keyword_for_tag(tag) for tag in kept) - {""})


def _stays(fate: str) -> bool:
    """Tell whether an attribute stays, be it only at times; a sequence stays empty where its items are cleared."""
    return fate.startswith("kept") and not fate.startswith("kept, its items")
