"""Every language x output x format, made once: as a reader, a screen reader and a printer meet it."""

import itertools
import subprocess
from math import atan, degrees
from pathlib import Path

import pdfua
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from pikepdf import Name

from notices import Site
from notices.language import language
from notices.pdf.fonts import embedded
from notices.pdf.mend import PRINT_FLAG
from notices.pdf.structure import elements
from notices.wording import wording
from tests.support.notices import EVERY, Wanted, made, opened, picture

_PAPERS = {"a3": (842, 1191), "a4": (595, 842), "a5": (420, 595), "third-a4": (281, 595)}
_ROUNDING_PT = 0.01
_MOST_PAGES = 12
_EDGE_PT = 8.5  # 3 mm, which office printers leave white
_FONTS = ("Noto-Sans", "Noto-Nastaliq-Urdu")
_QPDF_TOO = [one for one in EVERY if one.language == "en" and not one.large_print] + [
    one for one in EVERY if one.language != "en" and str(one).endswith(("poster-a4", "information-sheet-a4-easy"))
]


@pytest.mark.parametrize("wanted", EVERY, ids=str)
def test_a_notice_is_whole_and_for_everyone(wanted: Wanted, tmp_path: Path) -> None:
    data = made(wanted)
    with opened(data) as pdf:
        _its_paper_and_pages_are_those_asked_for(pdf, wanted)
        _it_says_what_it_is_in_which_language(pdf, wanted)
        _it_starts_with_one_main_heading_and_skips_no_level(pdf)
        _pictures_speak_headers_have_a_scope_and_links_print(pdf)
        _every_letter_is_inside_the_file_and_from_a_chosen_font(pdf, wanted)
        _no_letter_is_missing_from_its_font(pdf)
        if wanted.large_print:
            _no_letter_of_large_print_is_below_18_points(pdf)
        if wanted.kind == "poster":
            _its_headline_is_read_at_4_metres(pdf, wanted)
    if wanted.one_page:
        _no_letter_runs_over_the_edge(data)
    if wanted.kind != "letter-paragraph":
        _a_phone_reads_the_code_from_the_printed_page(data)
    _an_independent_checker_finds_no_fault_against_pdf_ua(data, tmp_path)


def _its_paper_and_pages_are_those_asked_for(pdf: pikepdf.Pdf, wanted: Wanted) -> None:
    assert len(pdf.pages) == 1 if wanted.one_page else 1 <= len(pdf.pages) <= _MOST_PAGES
    for page in pdf.pages:
        assert tuple(round(float(side)) for side in page.MediaBox[2:]) == _PAPERS[wanted.paper]


def _it_says_what_it_is_in_which_language(pdf: pikepdf.Pdf, wanted: Wanted) -> None:
    assert str(pdf.Root.Lang) == wanted.language
    assert pdf.Root.ViewerPreferences.DisplayDocTitle == True  # noqa: E712 - a PDF boolean
    assert pdf.Root.MarkInfo.Marked == True  # noqa: E712 - likewise
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"]


def _it_starts_with_one_main_heading_and_skips_no_level(pdf: pikepdf.Pdf) -> None:
    kinds = [str(one.S) for one in elements(pdf.Root.StructTreeRoot)]
    levels = [int(kind[2]) for kind in kinds if kind in ("/H1", "/H2", "/H3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def _pictures_speak_headers_have_a_scope_and_links_print(pdf: pikepdf.Pdf) -> None:
    for element in elements(pdf.Root.StructTreeRoot):
        if Name.Figure == element.S:
            assert str(element.Alt).strip()
        if Name.TH == element.S:
            assert element.A.Scope in (Name.Row, Name.Column)
    links = [annotation for page in pdf.pages for annotation in page.get("/Annots", [])]
    assert links
    assert all(int(link.F) & PRINT_FLAG for link in links)


def _every_letter_is_inside_the_file_and_from_a_chosen_font(pdf: pikepdf.Pdf, wanted: Wanted) -> None:
    found = dict(embedded(pdf))
    assert all(found.values())
    assert all(name.startswith(_FONTS) for name in found)
    own = language(wanted.language).fonts[0].replace(" ", "-")
    assert any(name.removesuffix("-Bold") == own for name in found)


def _no_letter_is_missing_from_its_font(pdf: pikepdf.Pdf) -> None:
    """Glyph 0 is the box that stands for a letter that the font does not have."""
    for page in pdf.pages:
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) in ("Tj", "TJ"):
                assert not any(_has_glyph_0(bytes(part)) for part in _strings(operands[0]))


def _strings(operand):
    parts = operand if isinstance(operand, pikepdf.Array) else [operand]
    return [part for part in parts if isinstance(part, pikepdf.String)]


def _has_glyph_0(codes: bytes) -> bool:
    return any(codes[n : n + 2] == b"\x00\x00" for n in range(0, len(codes), 2))


def _no_letter_of_large_print_is_below_18_points(pdf: pikepdf.Pdf) -> None:
    sizes = {size for page in pdf.pages for size in _letter_sizes(page)}
    assert min(sizes) >= 18 - _ROUNDING_PT


def _its_headline_is_read_at_4_metres(pdf: pikepdf.Pdf, wanted: Wanted) -> None:
    """Tall letters span 10 minutes of arc, which sight of 6/12 tells apart."""
    millimetres = max(_letter_sizes(pdf.pages[0])) * language(wanted.language).letter * 25.4 / 72
    assert degrees(atan(millimetres / 4000)) * 60 >= 10


def _letter_sizes(page):
    scale, stack, size, matrix = 1.0, [], 0.0, 1.0
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "q":
            stack.append(scale)
        elif name == "Q":
            scale = stack.pop()
        elif name == "cm":
            scale *= abs(float(operands[3]))
        elif name == "Tf":
            size = float(operands[1])
        elif name == "Tm":
            matrix = abs(float(operands[3]))
        elif name in ("Tj", "TJ"):
            yield size * matrix * scale


def _no_letter_runs_over_the_edge(data: bytes) -> None:
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[0]
        width, height = page.get_size()
        letters = page.get_textpage()
        boxes = [letters.get_charbox(n) for n in range(letters.count_chars())]
    finally:
        document.close()
    inked = [box for box in boxes if box[2] > box[0] and box[3] > box[1]]
    assert min(box[0] for box in inked) >= _EDGE_PT
    assert min(box[1] for box in inked) >= _EDGE_PT
    assert max(box[2] for box in inked) <= width - _EDGE_PT
    assert max(box[3] for box in inked) <= height - _EDGE_PT


def _a_phone_reads_the_code_from_the_printed_page(data: bytes) -> None:
    """Words that ran over the code would make it unreadable."""
    with opened(data) as pdf:
        pages = range(len(pdf.pages))
    found = {code.text for page in pages for code in zxingcpp.read_barcodes(picture(data, page, dpi=110))}
    assert found == {Site.default().notice_url}


def _an_independent_checker_finds_no_fault_against_pdf_ua(data: bytes, folder: Path) -> None:
    path = folder / "notice.pdf"
    path.write_bytes(data)
    assert [f"{one.rule_id}: {one.message}" for one in pdfua.validate(str(path)).findings] == []


@pytest.mark.parametrize("wanted", _QPDF_TOO, ids=str)
def test_the_file_itself_is_sound(wanted: Wanted, tmp_path: Path) -> None:
    path = tmp_path / "notice.pdf"
    path.write_bytes(made(wanted))
    checked = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("code", ["ar", "ur", "bn", "pa"])
def test_a_screen_reader_is_told_the_words_of_joined_letters_and_not_their_glyphs(code: str) -> None:
    """Without it *You can say no* lost its *no* in Arabic, where the same letters stood under a mark before."""
    with opened(made(Wanted(code, "poster", "a4"))) as pdf:
        told = " ".join(" ".join(line.replace("\u00a0", " ").split()) for line in _told(pdf))
        marks = [one for one, name in pikepdf.parse_content_stream(pdf.pages[0]) if str(name) == "BDC"]
    words = wording(code)
    for text in (*words.notice.headline, words.notice.subtitle, words.blocks["no"].heading, words.contact.heading):
        assert text in told
    assert "/NoticeWords" not in {str(one[0]) for one in marks}


def _told(pdf: pikepdf.Pdf) -> list[str]:
    """Return the words that are written beside the glyphs: in the structure, or where the line is drawn."""
    lines = [str(one.ActualText) for one in elements(pdf.Root.StructTreeRoot) if "/ActualText" in one]
    for operands, operator in pikepdf.parse_content_stream(pdf.pages[0]):
        if str(operator) == "BDC" and "/ActualText" in operands[1]:
            lines.append(str(operands[1].ActualText))
    return lines
