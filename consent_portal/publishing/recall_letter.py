"""The letter that asks a recipient outside to delete a copy: what it says, and its PDF.

It names the release by what the recipient can find it by, and nothing of the patient (R39, R57).
"""

from dataclasses import asdict, dataclass
from datetime import date

from consent_portal.publishing.press.press import PAGES


@dataclass(frozen=True)
class RecallLetter:
    """What one letter says.

    Attributes
    ----------
    to : tuple of str
        Name and address, line by line.
    reference : str
        The release's own number, which is in the name of the file that the recipient got.
    what : str
        How much left, how, and for what, in words.
    asked_by : str
        Who asked for the release.
    """

    to: tuple[str, ...]
    reference: str
    file_name: str
    what: str
    asked_by: str
    released_on: date
    written_on: date
    due_on: date
    organisation: str
    contact: str

    def pdf(self) -> bytes:
        """Return it as tagged PDF on A4, with the reply slip.

        Raises
        ------
        NoticeError, PressAway
            When it cannot be set.
        """
        days = ("released_on", "written_on", "due_on")
        words = {**asdict(self), **{name: _in_words(getattr(self, name)) for name in days}}
        return PAGES.make("recall-letter", letter=words).data


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
