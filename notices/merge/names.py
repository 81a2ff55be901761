"""Names, set once for a whole letter run and stamped on the inserts.

A page of its own for each name would take most of the run's time, so that many names are set below each other on one
sheet, which is then taken apart: the drawing of a name holds that name and no other.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any

import pikepdf
import weasyprint
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Operator, Pdf

from notices.pdf import fonts
from notices.pdf.layout import FETCHER, boxes_of
from notices.style import FONTS_OF_NAMES

_MM_PX = 25.4 / 96
_PX_PT = 0.75
_PT = 72 / 25.4
_CHUNK = 250
_MOVE, _FONT = Operator("Tm"), Operator("Tf")


@dataclass(frozen=True)
class Strip:
    """The room that a name has: width and height in mm, letter size in points, direction of the page."""

    width: float
    height: float
    points: float
    direction: str = "ltr"


def stamped(pdf: Pdf, names: Sequence[str], strip: Strip) -> Iterator[pikepdf.Object | None]:
    """Yield a drawing (form XObject) of each name in `pdf`, or None where it is wider than the strip."""
    for start in range(0, len(names), _CHUNK):
        yield from _chunk(pdf, names[start : start + _CHUNK], strip)


def _chunk(pdf: Pdf, names: Sequence[str], strip: Strip) -> Iterator[pikepdf.Object | None]:
    document = weasyprint.HTML(string=_html(names, strip), url_fetcher=FETCHER).render()
    widths = _widths(document.pages[0], len(names), strip)
    with Pdf.open(io.BytesIO(document.write_pdf())) as sheet:
        fonts.check(sheet)
        drawings = _drawings(sheet.pages[0], len(names), strip)
        resources = pdf.copy_foreign(sheet.make_indirect(sheet.pages[0].Resources))
    for width, drawing in zip(widths, drawings, strict=True):
        yield _form(pdf, drawing, resources, strip) if width <= strip.width else None


def _html(names: Sequence[str], strip: Strip) -> str:
    align = "right" if strip.direction == "rtl" else "left"
    rules = (
        f"@page {{ size: {strip.width}mm {strip.height * len(names)}mm; margin: 0 }} "
        "html, body, p { margin: 0; padding: 0 } "
        f"p {{ font: {strip.points}pt/{strip.height}mm {FONTS_OF_NAMES}; white-space: nowrap; text-align: {align}; "
        f"height: {strip.height}mm }}"
    )
    lines = "".join(f'<p><bdi dir="auto">{escape(name)}</bdi></p>' for name in names)
    return f'<!DOCTYPE html><html lang="en" dir="{strip.direction}"><title>-</title><style>{rules}</style><body>{lines}'


def _widths(page: Any, count: int, strip: Strip) -> list[float]:
    """Return the width of each name, in mm."""
    widths = [0.0] * count
    for box in boxes_of(page):
        if type(box).__name__ == "TextBox":
            middle = (box.position_y + box.height / 2) * _MM_PX
            widths[int(middle / strip.height)] += float(box.width * _MM_PX)
    return widths


def _drawings(page: pikepdf.Page, count: int, strip: Strip) -> list[list[bytes]]:
    """Return the text of each name as it is drawn, moved to where the sheet's first line is."""
    high = Decimal(strip.height / _MM_PX)
    found: list[list[bytes]] = [[] for _ in range(count)]
    font: list[ContentStreamInstruction] = []
    place = 0
    for instruction in pikepdf.parse_content_stream(page, "Tm Tf Tj TJ"):
        if not isinstance(instruction, ContentStreamInstruction):
            continue
        if instruction.operator == _MOVE:
            matrix = [Decimal(str(part)) for part in instruction.operands]
            place = int(matrix[5] / high)
            moved = ContentStreamInstruction([*matrix[:5], round(matrix[5] - place * high, 4)], _MOVE)
            found[place].append(pikepdf.unparse_content_stream([*font, moved]))
        else:
            font = [instruction] if instruction.operator == _FONT else font
            found[place].append(pikepdf.unparse_content_stream([instruction]))
    return found


def _form(pdf: Pdf, drawing: list[bytes], resources: pikepdf.Object, strip: Strip) -> pikepdf.Object:
    width, height = strip.width * _PT, strip.height * _PT
    turned = f"q {_PX_PT} 0 0 {-_PX_PT} 0 {height:.3f} cm 0.11 0.11 0.11 rg\n".encode()
    form = pdf.make_stream(turned + b"BT\n" + b"\n".join(drawing) + b"\nET Q")
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.BBox, form.Resources = Array([0, -height, round(width, 3), round(2 * height, 3)]), resources
    return form


def page_of(pdf: Pdf, base: pikepdf.Object, stamp: pikepdf.Object, at: tuple[float, float]) -> None:
    """Add a page to `pdf` that shows `base` and, at a place in points from the bottom left, `stamp`."""
    content = f"/Base Do q 1 0 0 1 {at[0]:.3f} {at[1]:.3f} cm /Name Do Q"
    page = Dictionary(
        Type=Name.Page,
        MediaBox=base.BBox,
        Resources=Dictionary(XObject=Dictionary(Base=base, Name=stamp)),
        Contents=pdf.make_stream(content.encode()),
    )
    pdf.pages.append(pikepdf.Page(page))
