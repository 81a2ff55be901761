"""A constant takes the value's place."""

from dataclasses import dataclass
from typing import ClassVar

from orthanc_plugin.deid.actions.base import Action, SequenceAction
from orthanc_plugin.deid.actions.context import Context

DUMMY_TEXT = b"REMOVED"
_BY_VR = {
    "DA": b"19000101",
    "DT": b"19000101000000",
    "TM": b"000000",
    "AS": b"000Y",
    "DS": b"0",
    "IS": b"0",
    "UR": b"urn:removed",
    "CS": DUMMY_TEXT,
    **dict.fromkeys(("AE", "LO", "LT", "PN", "SH", "ST", "UC", "UT"), DUMMY_TEXT),
    **dict.fromkeys(("US", "SS", "OB", "OW", "UN", "OB or OW", "US or SS"), b"\0\0"),
    **dict.fromkeys(("UL", "SL", "FL", "OF", "OL", "AT"), b"\0" * 4),
    **dict.fromkeys(("FD", "UV", "SV", "OD", "OV"), b"\0" * 8),
}


def dummy_value(vr: str) -> bytes:
    """Return the constant for a VR."""
    return _BY_VR.get(vr, b"")


@dataclass(frozen=True)
class Dummy(Action):
    """PS3.15 D: a constant of the right VR. A UID gets its keyed successor; the items of a sequence are cleaned."""

    on_sequence: ClassVar[SequenceAction] = "recurse"

    def __call__(self, vr: str, value: bytes, context: Context) -> bytes:
        """Return the constant."""
        if vr == "UI":
            return context.key.uid(value.strip(b" \0").decode("ascii", "replace")).encode()
        new = dummy_value(vr)
        return value if value.rstrip(b" \0") == new else new

    def describe(self) -> str:
        """Say what it does."""
        return "replaced by a constant"


@dataclass(frozen=True)
class DummyCodes(Action):
    """PS3.15 D for the code of a person: one item with a constant code."""

    on_sequence: ClassVar[SequenceAction] = "dummy"

    def __call__(self, vr: str, value: bytes, context: Context) -> None:
        """Remove a value that should have been a sequence."""

    def describe(self) -> str:
        """Say what it does."""
        return "replaced by one constant code"


# The attributes of the item that `DummyCodes` stands for (Basic Coded Entry Attributes, PS3.3 8.8), in order.
DUMMY_CODE_ITEM = ((0x00080100, "SH", DUMMY_TEXT), (0x00080102, "SH", b"99AOA"), (0x00080104, "LO", b"Removed"))
