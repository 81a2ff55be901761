"""What would be recorded of a study's images, and how many still wait."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from consent_portal.review.deciding import Act
from consent_portal.review.model import HeldImage, Outcome


@dataclass(frozen=True)
class Decision:
    """How many images have which outcome, and of which drafts: `seen` goes back with the form."""

    released: int
    withheld: int
    still: int
    seen: str

    @property
    def ready(self) -> int:
        """How many would be decided now."""
        return self.released + self.withheld

    @property
    def words(self) -> str:
        """What would be recorded, as a sentence."""
        still = ngettext("%(num)d still waits.", "%(num)d still wait.", self.still)
        return f"{_counted(self.released, self.withheld)} {still}"

    @staticmethod
    def told(act: Act) -> str:
        """Return what was recorded, as a sentence."""
        return str(_("Recorded: %(what)s", what=_counted(act.released, act.withheld)))


def _counted(released: int, withheld: int) -> str:
    may = ngettext("%(num)d image may leave", "%(num)d images may leave", released)
    return str(_("%(may)s, %(withheld)d withheld.", may=may, withheld=withheld))


def decision_of(images: Iterable[HeldImage]) -> Decision:
    """Return what would be recorded now."""
    waiting = [one for one in images if one.is_open]
    decided = [one for one in waiting if one.draft.outcome is not None]
    released = sum(one.draft.outcome is Outcome.RELEASE for one in decided)
    seen = ",".join(f"{one.id}:{one.draft.revision}" for one in decided)
    return Decision(released, len(decided) - released, len(waiting) - len(decided), seen)


def seen_of(text: str) -> Mapping[str, int]:
    """Return the revisions of the drafts that somebody had before them, by image; what is not of ours is left out."""
    pairs = (one.partition(":") for one in text.split(",") if one)
    return {image: int(number) for image, _colon, number in pairs if number.isascii() and number.isdigit()}
