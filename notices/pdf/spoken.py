"""The words themselves beside their letters, for scripts whose letters join into clusters (ADR 0087).

WeasyPrint notes for each glyph the letters that it stood for where it was met first. Where several glyphs draw a
cluster, one holds all of its letters and the others none, so that a later word loses letters. Each line in an Indic
script therefore carries its words as ActualText (ISO 32000-1, 14.9.4), which readers take in place of the glyphs.
Lines from right to left do not: PDFium and Poppler turn such text round.
"""

from functools import wraps
from typing import Any

from weasyprint.draw import text

_INDIC = range(0x0900, 0x0E00)


def install() -> None:
    """Let WeasyPrint write the words of Indic scripts into every page; a second call changes nothing."""
    if not hasattr(text.draw_first_line, "__wrapped__"):
        text.draw_first_line = _spoken(text.draw_first_line)


def _spoken(draw: Any) -> Any:
    @wraps(draw)
    def drawn(stream: Any, textbox: Any, *how: Any) -> Any:
        words = textbox.pango_layout.text
        if not any(ord(letter) in _INDIC for letter in words):
            return draw(stream, textbox, *how)
        stream.begin_marked_content("Span", f"<</ActualText <feff{words.encode('utf-16-be').hex()}>>>".encode())
        try:
            return draw(stream, textbox, *how)
        finally:
            stream.end_marked_content()

    return drawn
