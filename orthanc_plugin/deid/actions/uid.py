"""UIDs: what the standard itself registered stays, all others get their keyed successor."""

import re
from dataclasses import dataclass
from functools import cache

from pydicom._uid_dict import UID_dictionary

from orthanc_plugin.deid.actions.base import Action
from orthanc_plugin.deid.actions.context import Context
from orthanc_plugin.deid.pseudonyms.keys import ReleaseKey

# Coding schemes that PS3.16 table 8-1 registers outside the DICOM root (SNOMED CT, LOINC, UCUM, RadLex, FMA, MeSH ...).
_CODING_SCHEMES = frozenset(
    {
        "2.16.840.1.113883.6.96", "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.8", "2.16.840.1.113883.6.256",
        "2.16.840.1.113883.6.119", "2.16.840.1.113883.6.177", "2.16.840.1.113883.6.3", "2.16.840.1.113883.6.90",
        "2.16.840.1.113883.6.4", "2.16.840.1.113883.6.12", "2.16.840.1.113883.6.86", "2.16.840.1.113883.6.88",
        "2.16.840.1.113883.6.24", "2.16.840.1.113883.3.26.1.1", "2.16.840.1.113883.6.100", "2.16.840.1.113883.6.5",
    }
)  # fmt: skip
_CONTEXT_GROUP = re.compile(r"1\.2\.840\.10008\.6\.1\.\d{1,4}")


@cache
def _registered() -> frozenset[str]:
    return frozenset(UID_dictionary) | _CODING_SCHEMES


def is_registered(uid: str) -> bool:
    """Say whether a UID names something of the standard and nothing of a patient or an institution."""
    return uid in _registered() or bool(_CONTEXT_GROUP.fullmatch(uid))


def new_uid(key: ReleaseKey, uid: str) -> str:
    """Return the successor of a UID; one of the standard is its own."""
    return uid if not uid or is_registered(uid) else key.uid(uid)


@dataclass(frozen=True)
class NewUid(Action):
    """PS3.15 U: the same UID has the same successor everywhere in a release."""

    def __call__(self, vr: str, value: bytes, context: Context) -> bytes:  # noqa: ARG002  the interface of an action
        """Return the successors."""
        parts = [part.strip(b" \0").decode("latin-1") for part in value.split(b"\\")]
        new = [new_uid(context.key, uid) for uid in parts]
        return value if new == parts else "\\".join(new).encode("latin-1")

    def describe(self) -> str:
        """Say what it does."""
        return "replaced by a new UID, the same everywhere in a release; UIDs of the standard stay"
