"""Whether a reviewer approves just what would leave: the engine is asked again before anything is recorded (R29).

It is asked outside any transaction, since an engine may be slow and others want to write. What changes in between is
caught by the engine, which releases only what the recorded fingerprint is of.
"""

from typing import Protocol

from consent_portal.engine_pictures import EngineAway, Person, PictureGone, PictureRefused
from consent_portal.tasks.reviews import ReviewRefused

NOT_SHOWN = "You have not been shown what would leave. Open the review again, look, and approve then."
CHANGED = (
    "What would leave has changed since you looked, so it was not approved. Open the review again, and look again."
)
NOTHING = "Not approved: there is nothing that could leave at this moment. {}"
AWAY = "Not approved: the engine cannot be asked whether this is still what would leave. Try again shortly."


class Leaving(Protocol):
    """What would leave of a job."""

    @property
    def basis(self) -> str:
        """Return its fingerprint."""
        ...


class Pictures(Protocol):
    """Who knows what would leave (`consent_portal.engine_pictures.EnginePictures`)."""

    def release(self, job: str, person: Person) -> Leaving:
        """Return what would leave of a job."""
        ...


def look_again(pictures: Pictures | None, job: str, shown: str, person: Person) -> str | None:
    """Return the fingerprint to be recorded with an approval, None where no pictures can be shown at all.

    Parameters
    ----------
    shown : str
        Fingerprint of what the reviewer was shown; empty where their page showed nothing.

    Raises
    ------
    ReviewRefused
        When they saw nothing, or something else than what would leave now, or the engine cannot be asked.
    """
    if pictures is None:
        return None
    if not shown:
        raise ReviewRefused(NOT_SHOWN)
    try:
        now = pictures.release(job, person).basis
    except (PictureGone, PictureRefused) as gone:
        raise ReviewRefused(NOTHING.format(gone)) from None
    except EngineAway:
        raise ReviewRefused(AWAY) from None
    if now != shown:
        raise ReviewRefused(CHANGED)
    return now
