"""What people read when a job ends or waits, in one place; and how an error becomes reasons."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from orthanc_plugin.engine.errors import EngineError, FaultsError, GoneError, NoSpaceError, Reason, RefusedError
from orthanc_plugin.engine.jobs.case import UnreadableCaseError

HANDED = Reason(
    "once", "The package was handed over; a package can be fetched once. Ask again with a new export.", "R76"
)
SENT = Reason("once", "The de-identified objects were sent to the destination.", "R76")
OWED = Reason(
    "R29", "A second person has to approve this release in the consent portal before it can be fetched.", "RCR; GMC"
)
NOT_AS_SHOWN = Reason(
    "R29",
    "What the second reviewer approved is not what would leave, so the export was destroyed. Ask again.",
    "RCR; GMC",
)
ANSWER = "the patient's answer; the export goes on or ends by itself when the question is answered"
"""What an export waits for that has to be asked first."""
ASKED = Reason(
    "R38",
    "This waits for the patient's answer. When it is a yes the export goes on by itself; when it is a no it ends.",
    "S1 L48-50; GMC 24-25",
)
NO_ANSWER = Reason(
    "R38",
    "The question was closed without an answer that lets this leave, so the export ended. Ask again if it is still "
    "wanted.",
    "S1 L48-50; GMC 24-25",
)
CHANGED = Reason(
    "F1", "What is allowed has changed since this package was made, so it was destroyed. Ask again.", "Fail closed"
)
NOTHING = Reason(
    "R22",
    "Nothing of this export can leave as it is, and nothing of it was kept. The reasons follow; choose other images, "
    "or ask medical illustration.",
    "RCR 4.3",
)
TOO_OFTEN = Reason(
    "R30",
    "People looked at the images of this export again and again, and something was still in the way, so it was closed. "
    "See in the consent portal what was decided about them, then begin a new export.",
    "RCR 4.3",
)
TAKEN_BACK = Reason(
    "R30",
    "What a person decided about an image of this export was taken back, or what the patient agreed to has changed "
    "since. The package was destroyed. Begin a new export: what has to be looked at again waits in the consent portal.",
    "RCR 4.3",
)
STRANDED = Reason(
    "engine",
    "The engine was stopped or upgraded before this export could go on, so it was closed and nothing of it was kept. "
    "Ask again.",
    "F1",
)
_NO_SPACE = Reason(
    "disk",
    "The engine's disk was full, so the export was stopped and nothing of it was kept. Free space, then ask again.",
    "R76",
)
_FAILED = Reason(
    "engine",
    "The export could not be finished and nothing of it was kept. Ask again; if it fails again, tell IT.",
    "F1",
)


def of_error(error: EngineError) -> list[Reason]:
    """Return why a job cannot go on."""
    if isinstance(error, RefusedError | GoneError):
        return list(error.reasons)
    if isinstance(error, FaultsError):
        return [Reason("request", f"{name}: {message}", "the consent portal") for name, message in error.faults]
    if isinstance(error, UnreadableCaseError):
        return [Reason("engine", str(error), "F1")]
    return [_NO_SPACE if isinstance(error, NoSpaceError) else _FAILED]


def not_ready(state: str) -> str:
    """Return why there is nothing to fetch yet."""
    if state == "held":
        return "the export is held, so there is nothing to collect yet; its page says why, and what happens next"
    return "the export is still being prepared, so there is nothing to collect yet; look again in a minute"


def expired(hours: float) -> Reason:
    """Return why a package that nobody fetched is gone."""
    text = f"The package was not fetched within {hours:g} hours, so it was destroyed. Ask again with a new export."
    return Reason("expiry", text, "[engine] package_hours")


def unanswered_for(days: float) -> Reason:
    """Return why an export that waited for an answer is gone."""
    text = f"The question was not answered within {days:g} days, so the export ended. Ask again with a new export."
    return Reason("expiry", text, "[engine] answer_days")


def nobody_looked(days: float) -> Reason:
    """Return why an export that waited for somebody to look at its images is gone."""
    text = (
        f"Nobody decided about the images of this export within {days:g} days, so it ended and nothing of it left. Ask "
        "a clinician or medical illustration to look at them in the consent portal, then begin a new export."
    )
    return Reason("expiry", text, "[engine] held_days")


def awaits_a_person(count: int) -> str:
    """Return what an export waits for of which a person has to look at images."""
    return f"a person has to look at {_images(count)} in the consent portal"


def held_for_a_person(count: int, until: float) -> Reason:
    """Return why an export waits for somebody to look at its images, who that is, and until when it waits."""
    day = datetime.fromtimestamp(until, UTC)
    text = (
        f"A person has to look at {_images(count)} of this export before anything of it can leave. A clinician or "
        "medical illustration does so in the consent portal, under Images to look at. When that is done the export "
        f"goes on by itself; if nobody has decided by {day.day} {day:%B %Y} it ends."
    )
    return Reason("R30", text, "RCR 4.3; PS3.15")


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"


def of_held_back(listed: Iterable[dict[str, Any]]) -> list[Reason]:
    """Return each different reason for leaving something out, once."""
    texts = dict.fromkeys(f"{part['modality']} {part['kind']}: {part['reason']}" for part in listed)
    return [Reason("R22", text, "PS3.15; RCR 4.3") for text in texts]


def as_json(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Return reasons as the contract writes them."""
    return [reason.as_json() for reason in reasons]
