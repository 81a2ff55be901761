"""What can be made: kinds of notice, papers and formats, and which go together."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from notices.errors import UnknownOutputError
from notices.language import Language, language


class Kind(StrEnum):
    """What is made (R84)."""

    POSTER = "poster"
    INSERT = "insert"
    INFORMATION_SHEET = "information-sheet"
    LETTER_PARAGRAPH = "letter-paragraph"
    WEB = "web"
    RECEPTION_SHEET = "reception-sheet"


class Paper(StrEnum):
    """On what."""

    A3 = "a3"
    A4 = "a4"
    A5 = "a5"
    THIRD_A4 = "third-a4"

    @property
    def millimetres(self) -> tuple[float, float]:
        """Width and height in mm."""
        return _SIZES[self]


_SIZES = {Paper.A3: (297.0, 420.0), Paper.A4: (210.0, 297.0), Paper.A5: (148.0, 210.0), Paper.THIRD_A4: (99.0, 210.0)}


class Output(BaseModel):
    """What one kind shows, as ``outputs.toml`` says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    papers: tuple[Paper, ...]
    one_page: bool = False
    lead: str | None = None
    blocks: tuple[str, ...]
    details: bool = False


@cache
def outputs() -> dict[Kind, Output]:
    """Return every output by its kind."""
    data = tomllib.loads(files("notices").joinpath("outputs.toml").read_text(encoding="utf-8"))
    return {Kind(kind): Output(**fields) for kind, fields in data.items()}


@dataclass(frozen=True)
class Job:
    """One notice to make.

    Attributes
    ----------
    large_print : bool
        Every letter at least 18 points.
    easy_read : bool
        One idea a line, each with a picture.
    print_ready : bool
        For a print shop: 3 mm bleed, crop marks and process colours.
    """

    kind: Kind
    language: Language
    paper: Paper
    large_print: bool = False
    easy_read: bool = False
    print_ready: bool = False

    @property
    def output(self) -> Output:
        """What this kind shows."""
        return outputs()[self.kind]


def job(  # noqa: PLR0913 - each is a word of the command line
    kind: Kind | str,
    language_code: str = "en",
    paper: Paper | str | None = None,
    *,
    large_print: bool = False,
    easy_read: bool = False,
    print_ready: bool = False,
) -> Job:
    """Return the job that these words describe.

    Raises
    ------
    UnknownOutputError
        When that kind is not known or not made on that paper.
    UnknownLanguageError
        When there is no wording in that language.
    """
    try:
        known = Kind(kind)
    except ValueError:
        raise UnknownOutputError(f"There is no notice {kind!r}. Choose one of: {', '.join(Kind)}.") from None
    papers = outputs()[known].papers
    chosen = papers[0] if paper is None else paper
    if chosen not in papers:
        raise UnknownOutputError(f"A {known} is not made on {chosen} paper. Choose one of: {', '.join(papers)}.")
    return Job(known, language(language_code), Paper(chosen), large_print, easy_read, print_ready)
