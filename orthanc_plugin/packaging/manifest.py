"""What is in the package, for machines (``manifest.json``) and for people (``RELEASE.txt``)."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import version
from textwrap import fill
from typing import Any

from orthanc_plugin.formats import PICTURES
from orthanc_plugin.packaging.release import HeldBack, Release
from orthanc_plugin.rendering import Window

PRODUCT = "Anonymise or Ask"
_PROFILES = {
    "D0": "not de-identified: for the direct care of the patient only",
    "D1": "send-out: for a healthcare professional in direct care",
    "D2": "limited access: key-coded, for the named recipients under contract only",
    "D3": "publication: de-identified as far as is said below, and there is no key to find the patient by",
    "D4": "hand-out: as publication, and the files may be given to others",
}
_SHARING = {
    "D0": "Identifiable. Use it for the care of this patient and for nothing else; keep it where the record is kept.",
    "D1": "For the addressee alone. Do not forward it, and do not use it for teaching, research or publication.",
    "D2": "For the people and the place named in the agreement. Do not pass it on or try to find out who it shows.",
    "D3": "You may show these images for the purpose above. Do not try to find out whom they show, and do not sell "
    "them. For any other purpose ask the department that owns them.",
}
_SHARING["D4"] = _SHARING["D3"]


def manifest(
    release: Release, members: Iterable[tuple[str, bytes]], held_back: Iterable[HeldBack], released: int
) -> bytes:
    """Return ``manifest.json``.

    Parameters
    ----------
    release
        The facts.
    members
        ``(name, SHA-256 digest)`` of every file.
    held_back
        What was left out, and why.
    released
        How many objects are in.
    """
    left_out = list(held_back)
    value = {
        "product": {"name": PRODUCT, "version": version("anonymise-or-ask")},
        "purpose": release.purpose,
        "recipient": release.recipient,
        "format": release.form,
        "profile": release.profile,
        "level": release.level,
        "decision": {"id": release.decision, "at": release.decided_at, "policy_version": release.policy_version},
        "engines": [{"name": name, "version": number} for name, number in release.engines],
        "owner": release.owner,
        "data_sharing": _SHARING[release.profile],
        "warnings": list(release.warnings),
        "counts": {"released": released, **_counts(left_out)},
        "held_back": [vars(part) for part in left_out],
        **_grey_levels(release),
        "pixels": [{"position": position, "done": done} for position, done in release.pixels],
        "files": [{"name": name, "sha256": digest.hex()} for name, digest in members],
    }
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _counts(held_back: list[HeldBack]) -> dict[str, int]:
    found = Counter(part.status for part in held_back)
    return {"excluded": found["excluded"], "quarantined": found["quarantined"]}


def report(release: Release, held_back: Iterable[HeldBack], released: int) -> bytes:
    """Return ``RELEASE.txt``, which a person can read."""
    left_out = list(held_back)
    lines = [
        f"RELEASE REPORT - {PRODUCT} {version('anonymise-or-ask')}",
        "",
        f"Purpose:         {release.purpose}",
        f"Recipient:       {release.recipient}",
        f"Format:          {release.form}",
        f"Profile:         {release.profile} - {_PROFILES[release.profile]}",
        f"Level:           {release.level or 'not applicable'}",
        f"Policy version:  {release.policy_version}",
        f"Decided at:      {release.decided_at}",
        f"Owner:           {release.owner}",
        *_grey_levels_told(release),
        "",
        *(fill(f"Note: {warning}", 100) for warning in release.warnings),
        f"Released: {released}",
        *_listed("Excluded", "excluded", left_out),
        *_listed("Held back for a person to look at", "quarantined", left_out),
        *_done_to_pixels(release),
        "",
        "Worked on by:",
        *(f"  {name} {number}" for name, number in release.engines),
        "",
        "How this may be shared:",
        fill(_SHARING[release.profile], 100, initial_indent="  ", subsequent_indent="  "),
        "",
        fill(
            f"The images remain the property of {release.owner}. If something in them still points to a person, stop "
            "using them and tell that department at once.",
            100,
        ),
    ]
    return ("\r\n".join(lines) + "\r\n").encode()


_CAN_MISS = "A program can miss writing: look at each picture before you show it."


def _done_to_pixels(release: Release) -> Iterable[str]:
    """Yield what was done to the pixels, and no more: that nothing is there is never said."""
    if not release.pixels:
        yield "Pixels: as they are in the archive; nobody looked at them" if release.profile == "D0" else "Pixels: none"
        return
    yield "Pixels:"
    groups: dict[str, list[int]] = {}
    for position, done in release.pixels:
        groups.setdefault(done, []).append(position)
    for done, positions in groups.items():
        yield fill(f"{_ranges(positions)}: {done}", 100, initial_indent="  ", subsequent_indent="    ")
    yield f"  {_CAN_MISS}"


def _grey_levels(release: Release) -> dict[str, Any]:
    """Return which grey levels the requester chose, where the format is one of pictures."""
    if release.form not in PICTURES:
        return {}
    if isinstance(release.window, Window):
        return {"window": {"center": release.window.center, "width": release.window.width}}
    return {"window": None if release.window is None else {"number": release.window + 1}}


def _grey_levels_told(release: Release) -> Iterable[str]:
    if release.form not in PICTURES:
        return
    if isinstance(release.window, Window):
        told = f"window {release.window.center:g}/{release.window.width:g} (centre/width), as was asked for"
    elif release.window is not None:
        told = f"window {release.window + 1} of each image, as was asked for; its first where it has fewer"
    else:
        told = "each image's first window or curve; without one, one range for its series"
    yield f"Grey levels:     {told}"


def _ranges(positions: list[int]) -> str:
    """Return positions in words, runs of them as one."""
    runs: list[list[int]] = []
    for position in sorted(positions):
        if runs and runs[-1][1] == position - 1:
            runs[-1][1] = position
        else:
            runs.append([position, position])
    parts = [str(first) if first == last else f"{first}-{last}" for first, last in runs]
    return f"object{'' if len(positions) == 1 else 's'} {', '.join(parts)}"


def _listed(title: str, status: str, held_back: list[HeldBack]) -> Iterable[str]:
    parts = [part for part in held_back if part.status == status]
    yield f"{title}: {len(parts)}"
    for part in parts:
        yield f"  object {part.position} ({part.modality or 'no modality'}, {part.kind}): {part.reason}"


def digest(data: bytes) -> bytes:
    """Return the SHA-256 digest of a member."""
    return hashlib.sha256(data).digest()
