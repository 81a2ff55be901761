"""Faults of a request: each names the field and says what to give."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a request."""

    field: str
    message: str


class BadRequest(Exception):  # noqa: N818  (named for the situation)
    """The request cannot be answered as it is; `faults` names everything at once."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(fault.field for fault in faults))
