"""A rule that does not let something be recorded, and what is wrong, field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class RuleFault:
    """One thing that is wrong.

    Attributes
    ----------
    text : str
        Plain English with ``%(name)s`` where a value stands, so that a page can translate it.
    field : str
        The name of what is wrong at the API; empty where the act as a whole is refused.
    values : mapping or None
        What stands in the text; never anything that identifies a patient.
    is_input : bool
        Whether something is left out or contradicts itself, rather than forbidden by a rule.
    """

    text: str
    field: str = ""
    values: Mapping[str, object] | None = None
    is_input: bool = False

    @property
    def message(self) -> str:
        """Return the text with its values."""
        return self.text % self.values if self.values else self.text


class Refusal(Exception):  # noqa: N818  (named for the situation)
    """A rule does not let this be recorded; the text says which, and what to do next.

    Parameters
    ----------
    text : str
        One sentence about the act as a whole; or `faults`.
    """

    def __init__(self, text: str = "", faults: Iterable[RuleFault] = ()) -> None:
        self.faults = tuple(faults) or (RuleFault(text),)
        super().__init__(" ".join(fault.message for fault in self.faults))

    @property
    def is_input(self) -> bool:
        """Whether nothing but the input is wrong: what is missing can be given, and asked again."""
        return all(fault.is_input for fault in self.faults)


def refuse_if(faults: Iterable[RuleFault]) -> None:
    """Refuse when there is any fault, naming all of them.

    Raises
    ------
    Refusal
    """
    found = tuple(faults)
    if found:
        raise Refusal(faults=found)
