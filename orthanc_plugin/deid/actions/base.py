"""The interface of an action."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

from orthanc_plugin.deid.actions.context import Context

SequenceAction = Literal["recurse", "remove", "empty", "dummy"]


@dataclass(frozen=True)
class Action(ABC):
    """One kind of treatment. Equal parameters make equal actions."""

    on_sequence: ClassVar[SequenceAction] = "remove"  # what it means for an attribute whose VR is SQ
    bulk: ClassVar[bool] = False  # keeps any value as it is, so that nobody needs to read it

    @abstractmethod
    def __call__(self, vr: str, value: bytes, context: Context) -> bytes | None:
        """Return the new value, `value` itself when it stays, or None when the attribute goes.

        Parameters
        ----------
        vr : str
            Value representation by the data dictionary, whatever the object says.
        value : bytes
            As stored, little endian for numbers, with padding.
        context : Context
            Of the object.
        """

    @abstractmethod
    def describe(self) -> str:
        """Say in words what happens, to follow "Patient's Name: "."""


def values(value: bytes) -> list[bytes]:
    """Split a raw text value at the backslash and take the padding off each part."""
    return [part.strip(b" \0") for part in value.split(b"\\")]
