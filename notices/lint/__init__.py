"""Holding the notice to the practice: what must be said is said, and nothing is promised that is not kept (H14)."""

from notices.lint.finding import Finding, Severity
from notices.lint.practice import InForce
from notices.lint.rules import check

__all__ = ["Finding", "InForce", "Severity", "check"]
