"""The words that the plugin and the portal share (`vocabulary.toml`): purposes, roles, and what a requester declares.

The gate reads it inside Orthanc, so it needs the standard library only.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_WORDS: Mapping[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

PURPOSES: tuple[str, ...] = tuple(_WORDS["purposes"])
"""What images may be wanted for."""
DIRECT_CARE = "direct-care"
"""The patient's own care: the original, journalled."""
SEND_OUT = "send-out"
"""Electronic sending to another clinician, under the sending label (S1 L33-37)."""

OWN_USE = "self"
"""The recipient who is the requester."""

ROLES: tuple[str, ...] = tuple(_WORDS["roles"])
"""The people at Orthanc; services have roles of their own (gate/roles.toml)."""

ATTESTATIONS: Mapping[str, tuple[Any, ...]] = {
    name: tuple(question["answers"]) for name, question in _WORDS["attestations"].items()
}
"""The answers that each question to the requester may have."""
MOST_CAUTIOUS: Mapping[str, Any] = {
    name: question["most_cautious"] for name, question in _WORDS["attestations"].items()
}
"""What is answered where no person can be asked."""

ORTHANC_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{8}){4}")
"""How Orthanc names its resources; match the whole text."""
