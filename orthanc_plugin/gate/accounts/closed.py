"""Names that a person closed at this Orthanc by hand, for while the portal can record no closing (F20, F22, H18).

One name a line in a file of the home. It only ever closes: nobody is let in by it, and without it the portal's accounts
count alone.
"""

from collections.abc import Callable, Collection
from pathlib import Path

FILE_NAME = "closed-accounts"
_UNREADABLE = "the file of accounts closed by hand cannot be read, so what it said last holds"
_COUNTED = "{} names are closed at this Orthanc by hand; {} of them are no account that is known here"


class ClosedByHand:
    """The names in the file, as read last.

    Parameters
    ----------
    file
        One name a line; empty lines count for nothing. It may be missing.
    log
        Told how many names are closed when that changes, and never which.
    """

    def __init__(self, file: Path, log: Callable[[str], None]) -> None:
        self._file, self._log, self._told = file, log, ""
        self.names: frozenset[str] = frozenset()
        """As they compare, whatever their capitals."""

    @classmethod
    def beside(cls, accounts: Path, log: Callable[[str], None]) -> "ClosedByHand":
        """Return the names in the file beside the accounts last known."""
        return cls(accounts.with_name(FILE_NAME), log)

    def read(self, known: Collection[str]) -> None:
        """Read the file again.

        Parameters
        ----------
        known
            The names of the accounts that are known, as they compare: a slip in the file closes nobody, so it is told.
        """
        try:
            self.names = _names(self._file)
        except (OSError, ValueError):
            self._tell(_UNREADABLE)
            return
        self._tell(_COUNTED.format(len(self.names), len(self.names - set(known))))

    def _tell(self, text: str) -> None:
        if text != (self._told or _COUNTED.format(0, 0)):
            self._log(text)
        self._told = text


def _names(file: Path) -> frozenset[str]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return frozenset()
    return frozenset(line.strip().casefold() for line in text.splitlines() if line.strip())
