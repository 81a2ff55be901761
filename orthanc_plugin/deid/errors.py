"""The errors that end the de-identification of one object."""

from typing import Literal

Status = Literal["released", "quarantined", "excluded"]
Rule = Literal["", "writing", "says-burned-in", "face", "slide-label", "overlay"]
"""Why a person has to look at an image; empty where no person can decide."""


class HeldBackError(Exception):
    """An object may not pass; the message says why and what to do, and names no value of the object.

    Parameters
    ----------
    message : str
        The reason, in words.
    rule : str
        By which a person may decide about it; empty where no person can.
    """

    status: Status = "quarantined"

    def __init__(self, message: str, rule: Rule = "") -> None:
        super().__init__(message)
        self.rule = rule


class ExcludedError(HeldBackError):
    """An object is of a kind that is never released by default (R24)."""

    status: Status = "excluded"


class UnreadableError(HeldBackError):
    """The bytes are not an object that can be understood to its end."""
