"""The attribute goes."""

from dataclasses import dataclass

from orthanc_plugin.deid.actions.base import Action
from orthanc_plugin.deid.actions.context import Context


@dataclass(frozen=True)
class Remove(Action):
    """PS3.15 X."""

    def __call__(self, vr: str, value: bytes, context: Context) -> None:
        """Remove the attribute."""

    def describe(self) -> str:
        """Say what it does."""
        return "removed"
