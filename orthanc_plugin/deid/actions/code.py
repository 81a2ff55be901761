"""The patient's code stands where the patient's name and number stood."""

from dataclasses import dataclass

from orthanc_plugin.deid.actions.base import Action
from orthanc_plugin.deid.actions.context import Context


@dataclass(frozen=True)
class PatientCode(Action):
    """Name and number become the patient's code in this release."""

    def __call__(self, vr: str, value: bytes, context: Context) -> bytes:  # noqa: ARG002  the interface of an action
        """Return the code."""
        code = context.code.encode()
        return value if value.rstrip(b" \0") == code else code

    def describe(self) -> str:
        """Say what it does."""
        return "replaced by the patient's code in this release"
