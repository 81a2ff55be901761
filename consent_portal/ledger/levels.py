"""The four levels a patient can agree to, and the nine answers that a level can have.

The levels are independent permissions, not a ladder: print does not imply internet. Their labels are verbatim from
the source (S1 L18-25).
"""

from enum import StrEnum


class Level(StrEnum):
    """A recorded level of consent (R35)."""

    RECORD = "record"
    TEACHING = "teaching"
    PRINT = "print"
    INTERNET = "internet"

    @property
    def number(self) -> int:
        """Return 1 to 4, as on the paper forms."""
        return list(Level).index(self) + 1

    @property
    def label(self) -> str:
        """Return the label of the paper forms, verbatim (S1 L18-25)."""
        return LABELS[self]


LABELS: dict[Level, str] = {
    Level.RECORD: "Record only",
    Level.TEACHING: "Teaching, examination & other educational purposes",
    Level.PRINT: "Publication in printed materials",
    Level.INTERNET: "Publication on the internet for educational purposes",
}

SECONDARY: tuple[Level, ...] = (Level.TEACHING, Level.PRINT, Level.INTERNET)
"""The levels that permit a use beyond the patient's own record."""


class LevelState(StrEnum):
    """The answer that stands for a level; "not asked" is never the same as "refused"."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    NOT_ASKED = "not asked"
    NOT_CHOSEN = "not chosen"
    WITHDRAWN = "withdrawn"
    INVALIDATED = "invalidated"
    REFUSED = "refused"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        """Return the words in which people read it, on every page."""
        return STATE_LABELS[self]

    @property
    def mark(self) -> str:
        """Return `yes`, `no` or `open`: the sign beside the words."""
        if self is LevelState.ACCEPTED:
            return "yes"
        return "no" if self.is_refusal else "open"

    @property
    def is_refusal(self) -> bool:
        """Whether the patient has said no, at the time or later."""
        return self in {LevelState.DECLINED, LevelState.WITHDRAWN, LevelState.REFUSED}


STATE_LABELS: dict[LevelState, str] = {
    LevelState.ACCEPTED: "Agreed",
    LevelState.DECLINED: "Declined",
    LevelState.UNKNOWN: "Not known",
    LevelState.NOT_ASKED: "Not asked",
    LevelState.NOT_CHOSEN: "Not chosen",
    LevelState.WITHDRAWN: "Withdrawn",
    LevelState.INVALIDATED: "Entered in error",
    LevelState.REFUSED: "Refused",
    LevelState.EXPIRED: "Expired",
}
