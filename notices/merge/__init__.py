"""The letter run: one insert for each row of a list, in one file for the printer (DAPB1605).

What sets pages is loaded when it is first asked for, as in `notices` itself: reading a list needs none of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from notices.merge.letters import Letter, Refused, name_fault, read_letters

if TYPE_CHECKING:
    from notices.merge.report import report_of
    from notices.merge.run import Result, merge

__all__ = ["Letter", "Refused", "Result", "merge", "name_fault", "read_letters", "report_of"]

_HOME = {"Result": "notices.merge.run", "merge": "notices.merge.run", "report_of": "notices.merge.report"}


def __getattr__(name: str) -> Any:
    """Load the part that holds `name` (PEP 562)."""
    if name not in _HOME:
        message = f"module 'notices.merge' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOME[name]), name)
