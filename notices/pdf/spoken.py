"""The words themselves beside their letters, for scripts whose letters join (ADR 0087).

WeasyPrint notes for each glyph the letters that it stood for where it was met first. Where several glyphs draw a
cluster, one holds all of its letters and the others none, so that a later word loses letters: an Arabic *You can say
no* was read out without its *no*. Each line of such a script therefore carries its words as ActualText (ISO 32000-1,
14.9.4), which readers take in place of the glyphs: an Indic line where it is drawn, a line from right to left in the
structure, since PDFium and Poppler turn the former round.
"""

from collections import defaultdict
from functools import wraps
from typing import Any

import pikepdf
from pikepdf import Array, Pdf, String
from weasyprint.draw import text

from notices.pdf.structure import elements

_RIGHT_TO_LEFT, _INDIC = range(0x0590, 0x0900), range(0x0900, 0x0E00)
_OURS = "/NoticeWords"
_BEGIN, _END = ("BMC", "BDC"), "EMC"


def install() -> None:
    """Let WeasyPrint write the words of joined scripts into every page; a second call changes nothing."""
    if not hasattr(text.draw_first_line, "__wrapped__"):
        text.draw_first_line = _spoken(text.draw_first_line)


def _spoken(draw: Any) -> Any:
    @wraps(draw)
    def drawn(stream: Any, textbox: Any, *how: Any) -> Any:
        words = textbox.pango_layout.text
        tag = _tag(words) if stream._tags is not None else None  # of tagged files only
        if tag is None:
            return draw(stream, textbox, *how)
        stream.begin_marked_content(tag, f"<</ActualText <feff{words.encode('utf-16-be').hex()}>>>".encode())
        try:
            return draw(stream, textbox, *how)
        finally:
            stream.end_marked_content()

    return drawn


def _tag(words: str) -> str | None:
    if any(ord(letter) in _RIGHT_TO_LEFT for letter in words):
        return _OURS.removeprefix("/")
    return "Span" if any(ord(letter) in _INDIC for letter in words) else None


def move_to_structure(pdf: Pdf) -> None:
    """Take the words of lines from right to left off the pages and give them to the structure's elements."""
    lines = {page.objgen: _taken(pdf, page) for page in pdf.pages}
    if not any(lines.values()):
        return
    for element in elements(pdf.Root.StructTreeRoot):
        kids = element.get("/K")
        if "/Pg" in element and isinstance(kids, Array) and len(kids) == 1 and isinstance(kids[0], int):
            words = lines.get(element.Pg.objgen, {}).get(kids[0])
            if words:
                element.ActualText = String(" ".join(words))


def _taken(pdf: Pdf, page: pikepdf.Page) -> dict[int, list[str]]:
    """Return the words of each marked content of `page` by its number, and take their marks off the page."""
    found: dict[int, list[str]] = defaultdict(list)
    kept, open_marks = [], []
    number = -1
    for one in pikepdf.parse_content_stream(page):
        name = str(one.operator)
        if name in _BEGIN:
            open_marks.append(str(one.operands[0]))
        if name == "BDC" and open_marks[-1] == _OURS:
            found[number].append(str(one.operands[1].ActualText))
            continue
        if name == "BDC":
            number = int(one.operands[1].get("/MCID", number))
        if name == _END and open_marks.pop() == _OURS:
            continue
        kept.append(one)
    if found:
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))
    return found
