"""Versions of the notices, and the register of what hangs where."""

from notices.versions.display import Display, OutOfDate, out_of_date
from notices.versions.version import Person, State, Step, Version, approved, checked, draft, published, retired

__all__ = [
    "Display",
    "OutOfDate",
    "Person",
    "State",
    "Step",
    "Version",
    "approved",
    "checked",
    "draft",
    "out_of_date",
    "published",
    "retired",
]
