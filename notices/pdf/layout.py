"""Setting pages with WeasyPrint, without network and without files (ADR 0071)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from threading import local
from typing import Any

import weasyprint
from weasyprint.text.ffi import ffi, fontconfig, pango
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from notices import markup
from notices.content.page import Page
from notices.errors import FontError
from notices.pdf import spoken
from notices.style import Sizes, page_rules

FETCHER = URLFetcher(allowed_protocols={"data"})
spoken.install()
_MM = 25.4 / 96
_MOST_PICTURES = 100


def _fonts_installed() -> bool:
    """Tell whether there is any font; WeasyPrint only warns of it, once, when it is loaded."""
    config = ffi.gc(fontconfig.FcInitLoadConfigAndFonts(), fontconfig.FcConfigDestroy)
    return bool(fontconfig.FcConfigGetFonts(config, fontconfig.FcSetSystem).nfont)


class _Own(local):
    """What each thread has for itself: Pango's font maps are not to be shared between threads."""

    def __init__(self) -> None:
        self._fonts: FontConfiguration | None = None
        self._look: str | None = None
        self._pictures: dict[Any, Any] = {}
        self._words: str | None = None
        self._source: Any = None

    def fonts(self) -> FontConfiguration:
        """Return the fonts of this computer, or refuse where it has none at all."""
        if self._fonts is None:
            if not _fonts_installed():
                raise FontError("No font is installed on this computer: install the Debian package fonts-noto-core.")
            self._fonts = FontConfiguration()
        return self._fonts

    def pictures(self, look: str) -> dict[Any, Any]:
        """Return the pictures that pages of one look have in common, read once for all sizes and languages."""
        if look != self._look or len(self._pictures) > _MOST_PICTURES:
            self._look, self._pictures = look, {}
        return self._pictures

    def source(self, words: str) -> Any:
        """Return the HTML `words`, read once for all sizes at which they are tried one after the other."""
        if words != self._words:
            self._words, self._source = words, weasyprint.HTML(string=words, url_fetcher=FETCHER)
        return self._source


_OWN = _Own()


def fonts() -> FontConfiguration:
    """Return this thread's fonts, opened once for all pages.

    Raises
    ------
    FontError
        When none is installed.
    """
    return _OWN.fonts()


@lru_cache(maxsize=32)
def _rules(css: str) -> Any:
    return weasyprint.CSS(string=css, url_fetcher=FETCHER)


@dataclass(frozen=True)
class Laid:
    """A document whose pages are set; `document` is WeasyPrint's."""

    document: Any

    @property
    def pages(self) -> int:
        """Number of pages."""
        return len(self.document.pages)

    @property
    def bottom(self) -> float:
        """Where the words end on the last page, in mm from the top of the sheet."""
        body = next(box for box in self.boxes() if box.element_tag == "body")
        return float((body.position_y + body.margin_height()) * _MM)

    @property
    def headline_width(self) -> tuple[float, float]:
        """Width of the headline's widest line and of the room that it has, in mm."""
        room = next(box for box in self.boxes() if box.element_tag == "h1").width
        lines = [box.width for box in self.boxes() if type(box).__name__ == "TextBox" and _in_headline(box)]
        return max(lines) * _MM, room * _MM

    @property
    def overhang(self) -> float:
        """How far the words of any page stand out over the edge of their sheet, in mm."""
        return max(0.0, *(_over(box, page.width) for page in self.document.pages for box in boxes_of(page))) * _MM

    @property
    def lacking(self) -> bool:
        """Whether a letter of any page is in none of the fonts."""
        texts = (box for page in self.document.pages for box in boxes_of(page) if type(box).__name__ == "TextBox")
        return any(lacks_a_letter(box) for box in texts)

    def letter_points(self, name: str) -> float:
        """Return the letter size of the first box whose class is `name`, in points."""
        box = next(box for box in self.boxes() if box.element is not None and box.element.get("class") == name)
        return float(box.style["font_size"] * 0.75)

    def boxes(self) -> Iterator[Any]:
        """Yield every box of the last page, parents first."""
        yield from boxes_of(self.document.pages[-1])

    def place_of(self, name: str) -> tuple[float, float, float, float]:
        """Return left, top, width and height, in mm from the top left, of the first box whose class is `name`."""
        box = next(box for box in self.boxes() if box.element is not None and box.element.get("class") == name)
        return box.content_box_x() * _MM, box.content_box_y() * _MM, box.width * _MM, box.height * _MM


def boxes_of(page: Any) -> Iterator[Any]:
    """Yield every box of one of WeasyPrint's pages, parents first; it offers no other way to measure."""
    yield from _descend(page._page_box)


def lacks_a_letter(box: Any) -> bool:
    """Tell whether Pango found no font for a letter of a box of text; WeasyPrint offers no other way to ask."""
    box.pango_layout.reactivate(box.style)
    try:
        run = box.pango_layout.get_first_line()[0].runs[0]
        while run != ffi.NULL:
            glyphs = run.data.glyphs
            if any(
                one.glyph != pango.PANGO_GLYPH_EMPTY and one.glyph & pango.PANGO_GLYPH_UNKNOWN_FLAG
                for one in glyphs.glyphs[0 : glyphs.num_glyphs]
            ):
                return True
            run = run.next
    finally:
        box.pango_layout.deactivate()
    return False


def _descend(box: Any) -> Iterator[Any]:
    box = getattr(box, "_box", box)
    yield box
    for child in getattr(box, "children", ()):
        yield from _descend(child)


def _over(box: Any, width: float) -> float:
    """Return how far a box of text stands out over either side of a page that is `width` wide, in pixels."""
    if type(box).__name__ != "TextBox" or not box.text.strip():
        return 0.0
    return float(max(-box.position_x, box.position_x + box.width - width))


def _in_headline(box: Any) -> bool:
    return bool(box.element is not None and box.element.get("class") == "line")


def lay(page: Page, sizes: Sizes, *, height: float | None = None) -> Laid:
    """Set `page` at `sizes`.

    Parameters
    ----------
    height : float, optional
        Height of the sheet in mm, to measure; the paper's own by default.
    """
    look = markup.style(page)
    own = weasyprint.CSS(string=page_rules(page.job, sizes, height, page.footer[0]), url_fetcher=FETCHER)
    source = _OWN.source(markup.document(page, density=sizes.density))
    kept = _OWN.pictures(look)
    return Laid(source.render(font_config=fonts(), stylesheets=[_rules(look), own], cache=kept))
