"""Names and numbers from left to right on a page from right to left, where their letters stand on the paper."""

import copy
from functools import cache

import pypdfium2
import pytest

from notices import Site, render
from notices.merge import Letter, merge

NAME = "1st Imaging (North), C. & Co."
ADDRESS = "1 High Street, Exampleton EX1 2AB."
PHONE = "+44 (0)1632 960100 ext. 12"
PLACE = "4th floor, Block B. Follow signs!"
PERSON = "4th Smith, J. Jr."


@cache
def _site() -> Site:
    data = copy.deepcopy(Site.default().data())
    data["organisation"] |= {"name": NAME, "address": ADDRESS, "phone": PHONE}
    data["department"] |= {"name": NAME.upper(), "place": PLACE, "phone": PHONE}
    return Site.parse(data)


def _lines(data: bytes) -> list[str]:
    """Return the lines of a file as the eye meets them: letters from the left to the right of the paper, no spaces."""
    document = pypdfium2.PdfDocument(data)
    try:
        found = [line for page in document for line in _lines_of(page.get_textpage())]
    finally:
        document.close()
    return found


def _lines_of(text: pypdfium2.PdfTextPage) -> list[str]:
    lines: dict[int, list[tuple[float, str]]] = {}
    for n in range(text.count_chars()):
        left, bottom, _, _ = text.get_charbox(n, loose=True)
        lines.setdefault(round(bottom), []).append((left, text.get_text_range(n, 1)))
    return ["".join(sign for _, sign in sorted(line) if not sign.isspace()) for line in lines.values()]


@pytest.mark.parametrize("language", ["ar", "ur"])
def test_names_and_numbers_read_as_they_were_written(language: str) -> None:
    lines = _lines(render("information-sheet", site=_site(), language=language))
    for text in (NAME, NAME.upper(), ADDRESS, PHONE, PLACE):
        assert any(text.replace(" ", "") in line for line in lines), text


def test_the_name_of_a_person_reads_as_it_was_written_alone_and_in_a_run() -> None:
    alone = render("insert", site=_site(), language="ar", for_person=PERSON)
    for data in (alone, merge("insert", [Letter(2, PERSON, "ar")], site=_site()).pdf):
        assert any(PERSON.replace(" ", "") in line for line in _lines(data))
