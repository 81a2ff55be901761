"""The value goes, the attribute stays."""

from dataclasses import dataclass
from typing import ClassVar

from orthanc_plugin.deid.actions.base import Action, SequenceAction
from orthanc_plugin.deid.actions.context import Context


@dataclass(frozen=True)
class Empty(Action):
    """PS3.15 Z: zero length."""

    on_sequence: ClassVar[SequenceAction] = "empty"

    def __call__(self, vr: str, value: bytes, context: Context) -> bytes:  # noqa: ARG002  the interface of an action
        """Return no bytes."""
        return b""

    def describe(self) -> str:
        """Say what it does."""
        return "emptied"
