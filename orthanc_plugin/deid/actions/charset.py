"""The names of character sets."""

from dataclasses import dataclass

from pydicom.charset import python_encoding

from orthanc_plugin.deid.actions.base import Action, values
from orthanc_plugin.deid.actions.context import Context


@dataclass(frozen=True)
class KeepCharset(Action):
    """(0008,0005) stays where each of its names is one of the standard's."""

    def __call__(self, vr: str, value: bytes, context: Context) -> bytes | None:  # noqa: ARG002  the interface of an action
        """Return the value, or None."""
        return value if all(part.decode("latin-1") in python_encoding for part in values(value)) else None

    def describe(self) -> str:
        """Say what it does."""
        return "kept where the standard knows it"


@dataclass(frozen=True)
class WrittenAnew(Action):
    """What the object claims about itself goes; what was really done is written instead."""

    def __call__(self, vr: str, value: bytes, context: Context) -> None:
        """Remove the claim."""

    def describe(self) -> str:
        """Say what it does."""
        return "the source's claim goes; only what was done is written"
