"""What a package is made of, and what it says about itself. No identifier of a patient belongs here."""

from collections.abc import Callable
from dataclasses import dataclass, field

from orthanc_plugin.rendering import Window


@dataclass(frozen=True)
class Image:
    """One object of a release.

    Parameters
    ----------
    study, series, number
        Positions in the release, each counted from 1.
    read
        Returns the DICOM file's bytes; called when they are needed, so that one object at a time is in memory.
    label
        What its file is called in a package for a clinician in direct care (S1 L33-37); empty: its position.
    """

    study: int
    series: int
    number: int
    read: Callable[[], bytes] = field(repr=False)
    label: str = field(default="", repr=False)


@dataclass(frozen=True)
class HeldBack:
    """One object that is not in the release, by position and kind, never by a UID of the original.

    Parameters
    ----------
    position
        Counted from 1 over the whole request.
    modality, kind
        What it was: modality and the name of the SOP class.
    status
        ``excluded`` or ``quarantined``.
    reason
        Why.
    """

    position: int
    modality: str
    kind: str
    status: str
    reason: str


@dataclass(frozen=True)
class Release:
    """The facts of a release that its manifest and report state.

    Parameters
    ----------
    purpose, recipient, form
        As requested.
    profile
        D0 to D4.
    level
        ``teaching``, ``print``, ``internet`` or None.
    policy_version, decision, decided_at
        Of the portal's decision.
    owner
        The department that owns the images (R64).
    engines
        Name and version of each engine that worked on them (R74).
    held_back
        What was left out.
    warnings
        What the sender and the addressee have to know besides.
    pixels
        Position of each object and what was done to its pixels, in words.
    window
        Which grey levels the requester chose for pictures; None takes what each image offers first.
    """

    purpose: str
    recipient: str
    form: str
    profile: str
    level: str | None
    policy_version: str
    decision: str | None
    decided_at: str
    owner: str
    engines: tuple[tuple[str, str], ...]
    held_back: tuple[HeldBack, ...] = ()
    warnings: tuple[str, ...] = ()
    pixels: tuple[tuple[int, str], ...] = ()
    window: Window | int | None = None


class PackagingError(Exception):
    """A package cannot be made; the message names the rule and the next step."""


class CannotRenderError(PackagingError):
    """One object cannot be shown in the format asked for; the others can."""
