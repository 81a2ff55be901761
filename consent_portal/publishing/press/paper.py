"""One notice on paper, as the rest of the portal orders it."""

from dataclasses import dataclass
from typing import Any

from consent_portal.publishing.press.press import PAGES
from notices.edition import Edition
from notices.outputs import Kind, Paper
from notices.settings.site import Site


@dataclass(frozen=True)
class Sheet:
    """Which notice, for whom, and how.

    Attributes
    ----------
    edition : Edition, optional
        The version that is printed on it; without it the page says that it is a draft.
    """

    site: Site
    kind: Kind
    paper: Paper
    language: str
    large_print: bool = False
    easy_read: bool = False
    edition: Edition | None = None
    print_ready: bool = False

    def pdf(self, for_person: str = "") -> bytes:
        """Return it as PDF, with a person's name where one is given.

        Raises
        ------
        NoticeError, PressAway
        """
        return PAGES.make("pdf", **self._order(**({"for_person": for_person} if for_person else {}))).data

    def pages(self) -> int:
        """Return how many pages it has."""
        return int(PAGES.make("pages", **self._order()).words["pages"])

    def picture(self, page: int = 0) -> bytes:
        """Return one page as PNG; pages count from 0."""
        return PAGES.make("picture", page=page, **self._order()).data

    def _order(self, **more: str) -> dict[str, Any]:
        choices = {
            "kind": self.kind,
            "paper": self.paper,
            "language": self.language,
            "large_print": self.large_print,
            "easy_read": self.easy_read,
            "print_ready": self.print_ready,
            "edition": edition_words(self.edition),
        }
        return {"site": self.site.data(), "choices": {**choices, **more}}


def edition_words(edition: Edition | None) -> dict[str, Any] | None:
    """Return an edition as JSON data."""
    if edition is None:
        return None
    approved = edition.approved.isoformat() if edition.approved else None
    return {"code": edition.code, "number": edition.number, "approved": approved}
