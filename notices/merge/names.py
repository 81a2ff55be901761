"""Names, set many at a time and drawn on the inserts of a letter run.

A page of its own for each name would take most of the run's time, so that many names are set below each other on one
sheet, which is then taken apart: the drawing of a name holds that name and no other. WeasyPrint sets them, so that
every script is shaped and ordered as it should be.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any
from unicodedata import bidirectional

import pikepdf
import weasyprint
from pikepdf import ContentStreamInstruction, Name, Operator, Pdf, String

from notices.direction import direction_of
from notices.language import Direction
from notices.pdf import fonts
from notices.pdf.layout import FETCHER, boxes_of, lacks_a_letter
from notices.pdf.layout import fonts as open_fonts
from notices.style import FONTS_OF_NAMES

TOO_WIDE = "the name is wider than its line on this paper: shorten it, or choose larger paper."
NO_FONT = (
    "a letter of the name is in none of the installed fonts: install the font of that script, or write it by hand."
)
_MM_PX = 25.4 / 96
_PX_PT = 0.75
_PT = 72 / 25.4
_CHUNK = 250
_MOVE, _FONT = Operator("Tm"), Operator("Tf")
_FONT_PREFIX = "/Name-"
_INK = "0.11 0.11 0.11 rg"
_LEAST_POINTS = 10.0


@dataclass(frozen=True)
class Strip:
    """The room that a name has on a page.

    Attributes
    ----------
    left, baseline : float
        Where it starts and the line that its letters stand on, in points from the page's lower left corner.
    width, height : float
        In mm.
    points : float
        Letter size.
    least : float
        Letter size, in points, down to which a long name may be set smaller.
    direction : str
        ``ltr`` or ``rtl``: at which end a name starts.
    """

    left: float
    baseline: float
    width: float
    height: float
    points: float
    least: float = _LEAST_POINTS
    direction: Direction = "ltr"


@dataclass(frozen=True)
class Drawing:
    """One name as it is drawn.

    Attributes
    ----------
    operators : bytes
        Text operators, in pixels from the strip's left and downwards from the line that the letters stand on.
    fault : str
        Why it cannot be printed; empty when it can.
    scale : float
        How much smaller than the strip's letters it is set, so that it fits.
    """

    name: str
    operators: bytes
    fault: str
    scale: float = 1.0

    def __repr__(self) -> str:
        return f"Drawing(<redacted>, fault={self.fault!r})"

    def content(self, strip: Strip, mark: int) -> bytes:
        """Return the page content that draws the name as marked part `mark`.

        Beside letters that join into clusters stand the words themselves, as on every page (ADR 0087); not from right
        to left, which PDFium and Poppler would turn round. Screen readers take the words from the structure.
        """
        scale, room = _PX_PT * self.scale, strip.width * _PT * (1 - self.scale)
        shift = strip.left + (room if strip.direction == "rtl" else 0.0)
        words = b"" if _rightward(self.name) else b" /ActualText " + String(self.name).unparse()
        head = b"/Span <</MCID %d%s>> BDC q " % (mark, words)
        place = f"{scale:.5f} 0 0 {-scale:.5f} {shift:.3f} {strip.baseline:.3f} cm {_INK}\n".encode()
        return head + place + b"BT\n" + self.operators + b"\nET Q EMC"


def _rightward(name: str) -> bool:
    """Tell whether any letter of `name` runs from right to left."""
    return any(bidirectional(letter) in ("R", "AL") for letter in name)


def drawn(
    pdf: Pdf, names: Sequence[str], strip: Strip
) -> Iterator[tuple[dict[str, pikepdf.Object], Sequence[Drawing]]]:
    """Yield, some names at a time, the fonts that they need (in `pdf`) and the drawing of each."""
    for start in range(0, len(names), _CHUNK):
        yield _chunk(pdf, names[start : start + _CHUNK], strip)


def _chunk(pdf: Pdf, names: Sequence[str], strip: Strip) -> tuple[dict[str, pikepdf.Object], list[Drawing]]:
    document = _set(names, strip)
    widths, lacking = _measured(document.pages[0], len(names), strip)
    if lacking:  # set again without them: what has no letter is neither drawn nor named in WeasyPrint's log
        document = _set(["" if number in lacking else name for number, name in enumerate(names)], strip)
    with Pdf.open(io.BytesIO(document.write_pdf())) as sheet:
        parts = _parts(sheet.pages[0], len(names), strip)
        ours = {_FONT_PREFIX + key[1:]: pdf.copy_foreign(font) for key, font in _chosen_fonts(sheet).items()}
    lines = zip(names, parts, widths, strict=True)
    return ours, [_drawing(name, part, width, strip, frozenset(ours)) for name, part, width in lines]


def _set(names: Sequence[str], strip: Strip) -> Any:
    return weasyprint.HTML(string=_html(names, strip), url_fetcher=FETCHER).render(font_config=open_fonts())


def _drawing(name: str, part: "_Part", width: float, strip: Strip, ours: frozenset[str]) -> Drawing:
    scale = min(1.0, strip.width / width) if width else 1.0
    fault = ""
    if not part.operators or not part.fonts <= ours:
        fault = NO_FONT
    elif scale * strip.points < min(strip.least, strip.points):
        fault = TOO_WIDE
    return Drawing(name, b"" if fault else b"\n".join(part.operators), fault, scale)


def _chosen_fonts(sheet: Pdf) -> dict[str, pikepdf.Object]:
    """Return the fonts of a sheet that were chosen and are inside the file; a name in any other is not printed."""
    found = {}
    for key, font in sheet.pages[0].Resources.get("/Font", {}).items():
        descriptor = font.DescendantFonts[0].FontDescriptor if "/DescendantFonts" in font else None
        if descriptor is not None and fonts.chosen(descriptor):
            found[key] = font
    return found


def _html(names: Sequence[str], strip: Strip) -> str:
    align = "right" if strip.direction == "rtl" else "left"
    spare = strip.height * (len(names) + 1)  # one line more, so that rounding sends none to a second page
    rules = (
        f"@page {{ size: {strip.width}mm {spare}mm; margin: 0 }} "
        "html, body, p { margin: 0; padding: 0 } "
        f"p {{ font: {strip.points}pt/{strip.height}mm {FONTS_OF_NAMES}; white-space: nowrap; text-align: {align}; "
        f"height: {strip.height}mm }}"
    )
    lines = "".join(f'<p><bdi dir="{direction_of(name, strip.direction)}">{escape(name)}</bdi></p>' for name in names)
    return f'<!DOCTYPE html><html lang="en" dir="{strip.direction}"><title>-</title><style>{rules}</style><body>{lines}'


def _measured(page: Any, count: int, strip: Strip) -> tuple[list[float], set[int]]:
    """Return the width of each name, in mm, and which names have a letter that no font has."""
    widths, lacking = [0.0] * count, set()
    for box in boxes_of(page):
        if type(box).__name__ == "TextBox":
            number = int((box.position_y + box.height / 2) * _MM_PX / strip.height)
            widths[number] += float(box.width * _MM_PX)
            if lacks_a_letter(box):
                lacking.add(number)
    return widths, lacking


class _Part:
    """The operators of one name, and the fonts that they use."""

    def __init__(self) -> None:
        self.operators: list[bytes] = []
        self.fonts: set[str] = set()
        self._font = b""
        self._line: Decimal | None = None

    def move(self, matrix: Sequence[Decimal]) -> None:
        """Start at another place; where the first letters stand is the line that is counted from."""
        if self._line is None:
            self._line = matrix[5]
        self._add(ContentStreamInstruction([*matrix[:5], round(matrix[5] - self._line, 4)], _MOVE))

    def show(self, instruction: ContentStreamInstruction, font: ContentStreamInstruction) -> None:
        """Draw letters, or raise what follows, in the font that is in force."""
        chosen = pikepdf.unparse_content_stream([font])
        if chosen != self._font:
            self._font = chosen
            self.fonts.add(str(font.operands[0]))
            self.operators.append(chosen)
        self._add(instruction)

    def _add(self, instruction: ContentStreamInstruction) -> None:
        self.operators.append(pikepdf.unparse_content_stream([instruction]))


def _parts(page: pikepdf.Page, count: int, strip: Strip) -> list[_Part]:
    """Return the text of each name as it is drawn."""
    high = Decimal(strip.height / _MM_PX)
    found = [_Part() for _ in range(count)]
    here, font = found[0], ContentStreamInstruction([Name("/None"), 1], _FONT)
    for instruction in pikepdf.parse_content_stream(page, "Tm Tf Ts Tj TJ"):
        if not isinstance(instruction, ContentStreamInstruction):
            continue
        operator, operands = instruction.operator, instruction.operands
        if operator == _MOVE:
            matrix = [Decimal(str(part)) for part in operands]
            here = found[int(matrix[5] / high)]
            here.move(matrix)
        elif operator == _FONT:
            font = ContentStreamInstruction([Name(_FONT_PREFIX + str(operands[0])[1:]), operands[1]], _FONT)
        else:
            here.show(instruction, font)
    return found
