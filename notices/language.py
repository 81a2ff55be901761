"""The languages that a notice can be printed in: direction, fonts and line height."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from babel import Locale
from pydantic import BaseModel, ConfigDict

from notices.errors import UnknownLanguageError

Direction = Literal["ltr", "rtl"]


class Language(BaseModel):
    """How one language is set.

    Attributes
    ----------
    leading : float
        Line height as a multiple of the letter size.
    tight : float
        Line height where room is short, above which no mark of the script is cut off.
    scale : float
        Letter size beside Latin, so that both look equally large.
    letter : float
        Height of its tall letters as a share of the letter size: what is read from afar.
    below : float
        How far the last line of a headline reaches below its line, as a share of the letter size.
    clinging : str
        Words of one letter with which no line ends.
    cldr : str
        Locale of CLDR whose lists and dates are those of the wording; the language's code by default.
    years : tuple of (str, str)
        Plural category and a number of years in it, where CLDR's own are shortened.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    english: str
    native: str
    direction: Direction = "ltr"
    fonts: tuple[str, ...]
    leading: float
    tight: float = 1.2
    headline_leading: float = 1.12
    scale: float = 1.0
    letter: float = 0.714
    below: float = 0.12
    clinging: str = ""
    cldr: str = ""
    years: tuple[tuple[str, str], ...] = ()

    @property
    def latin(self) -> bool:
        """Whether its letters are Latin, which stand apart: letter-spacing breaks scripts that join them."""
        return self.fonts == ("Noto Sans",)

    @property
    def comma(self) -> str:
        """The comma of its script."""
        return "،" if self.direction == "rtl" else ","

    @property
    def semicolon(self) -> str:
        """The semicolon of its script."""
        return "؛" if self.direction == "rtl" else ";"

    @property
    def locale(self) -> Locale:
        """CLDR data of the language: lists, plurals, dates."""
        return Locale.parse(self.cldr or self.code)


@cache
def languages() -> dict[str, Language]:
    """Return every language that has a wording, by its code, in the order of ``languages.toml``."""
    data = tomllib.loads(files("notices").joinpath("languages.toml").read_text(encoding="utf-8"))
    worded = files("notices.wording")
    return {
        code: Language(code=code, **fields)
        for code, fields in data.items()
        if worded.joinpath(f"{code}.toml").is_file()
    }


def language(code: str) -> Language:
    """Return the language of `code`.

    Raises
    ------
    UnknownLanguageError
        When there is no wording in it.
    """
    try:
        return languages()[code]
    except KeyError:
        known = ", ".join(f"{one.code} ({one.english})" for one in languages().values())
        raise UnknownLanguageError(f"There is no wording in the language {code!r}. Choose one of: {known}.") from None
