"""What the verifier says: where, by which rule, and how bad; never the value."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding means for the object.

    ``QUARANTINE``: it is held back for a person. ``NOTE``: it is reported, and the object may leave.
    """

    QUARANTINE = "quarantine"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that must not be in a de-identified object.

    Attributes
    ----------
    place : str
        Where it is: tag and keyword with the path through sequences, ``preamble``, ``bytes after the end`` ...
    rule : str
        Which rule found it, for example ``known-name`` or ``pattern-nhs-number``.
    severity : Severity
        Whether the object may leave.
    """

    place: str
    rule: str
    severity: Severity = Severity.QUARANTINE

    @property
    def quarantines(self) -> bool:
        """Whether the object must be held back."""
        return self.severity is Severity.QUARANTINE

    def __str__(self) -> str:
        """Return place and rule in one line, without any value."""
        return f"{self.place}: {self.rule}"
