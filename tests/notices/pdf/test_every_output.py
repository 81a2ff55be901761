"""Every language x output x paper, made once a format: as a reader, a screen reader and a printer meet it.

What a reader of the finished page sees is kept as text in `golden`: in English, from right to left, and in an Indic
script; AOA_WRITE_GOLDEN=1 writes the files anew.
"""

import itertools
import os
import re
from math import atan, degrees
from pathlib import Path

import pdfua
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from pikepdf import Name

from notices import Site, render
from notices.edition import longest
from notices.language import language
from notices.pdf.fonts import embedded
from notices.pdf.mend import PRINT_FLAG
from notices.pdf.structure import elements
from notices.wording import wording
from tests.support.notices import EVERY, Wanted, made, opened, words

_PAPERS = {"a3": (842, 1191), "a4": (595, 842), "a5": (420, 595), "third-a4": (281, 595)}
_ROUNDING_PT = 0.01
_MOST_PAGES = 12
_EDGE_PT = 8.5  # 3 mm, which office printers leave white
_FONTS = ("Noto-Sans", "Noto-Nastaliq-Urdu")
_QR = zxingcpp.BarcodeFormat.QRCode
GOLDEN = Path(__file__).parents[1] / "golden"
OTHER_SCRIPTS = (Wanted("ar", "poster", "a4"), Wanted("bn", "poster", "a4"))
KEPT = [one for one in EVERY if one.language == "en" or one in OTHER_SCRIPTS]
_GROUPS = {
    group: tuple(members)
    for group, members in itertools.groupby(EVERY, lambda one: f"{one.language}-{one.kind}-{one.paper}")
}


@pytest.mark.parametrize("group", _GROUPS)
def test_a_notice_is_whole_and_for_everyone_in_each_of_its_formats(group: str, tmp_path: Path) -> None:
    for wanted in _GROUPS[group]:
        try:
            _it_is_whole_and_for_everyone(wanted, tmp_path)
        except BaseException as error:
            error.add_note(f"in {wanted}")
            raise


def _it_is_whole_and_for_everyone(wanted: Wanted, folder: Path) -> None:
    data = made(wanted)
    with opened(data) as pdf:
        assert pdf.check_pdf_syntax() == []
        _its_paper_and_pages_are_those_asked_for(pdf, wanted)
        _it_says_what_it_is_in_which_language(pdf, wanted)
        _it_starts_with_one_main_heading_and_skips_no_level(pdf)
        _pictures_speak_headers_have_a_scope_and_links_print(pdf)
        _every_letter_is_inside_the_file_and_from_a_chosen_font(pdf, wanted)
        letters = [_letters(page) for page in pdf.pages]
        _no_letter_is_missing_from_its_font(letters)
        if wanted.large_print:
            _no_letter_of_large_print_is_below_18_points(letters)
        if wanted.kind == "poster":
            _its_headline_is_read_at_4_metres(letters, wanted)
    if wanted.one_page:
        _no_letter_runs_over_the_edge(data)
    if wanted.kind != "letter-paragraph":
        _a_phone_reads_the_code_from_the_printed_page(data)
    _an_independent_checker_finds_no_fault_against_pdf_ua(data, folder)
    if wanted in KEPT:
        _it_reads_as_before(wanted, data)


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


def _letters(page: pikepdf.Page) -> list[tuple[float, bytes]]:
    """Return every run of letters of `page`: their size on paper in points, and their codes."""
    found: list[tuple[float, bytes]] = []
    scale, stack, size, matrix = 1.0, [], 0.0, 1.0
    for operands, operator in pikepdf.parse_content_stream(page, "q Q cm Tf Tm Tj TJ"):
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
        else:
            found += [(size * matrix * scale, bytes(part)) for part in _strings(operands[0])]
    return found


def _strings(operand):
    parts = operand if isinstance(operand, pikepdf.Array) else [operand]
    return [part for part in parts if isinstance(part, pikepdf.String)]


def _no_letter_is_missing_from_its_font(pages: list[list[tuple[float, bytes]]]) -> None:
    """Glyph 0 is the box that stands for a letter that the font does not have."""
    assert all(pages)
    for codes in (codes for letters in pages for _, codes in letters):
        assert b"\0\0" not in {codes[n : n + 2] for n in range(0, len(codes), 2)}


def _no_letter_of_large_print_is_below_18_points(pages: list[list[tuple[float, bytes]]]) -> None:
    assert min(size for letters in pages for size, _ in letters) >= 18 - _ROUNDING_PT


def _its_headline_is_read_at_4_metres(pages: list[list[tuple[float, bytes]]], wanted: Wanted) -> None:
    """Tall letters span 10 minutes of arc, which sight of 6/12 tells apart."""
    millimetres = max(size for size, _ in pages[0]) * language(wanted.language).letter * 25.4 / 72
    assert degrees(atan(millimetres / 4000)) * 60 >= 10


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
    document = pypdfium2.PdfDocument(data)
    try:
        pictures = [page.render(scale=110 / 72, grayscale=True).to_numpy() for page in document]
    finally:
        document.close()
    codes = [code.text for one in pictures for code in zxingcpp.read_barcodes(one, formats=_QR)]
    assert set(codes) == {Site.default().notice_url}


def _an_independent_checker_finds_no_fault_against_pdf_ua(data: bytes, folder: Path) -> None:
    path = folder / "notice.pdf"
    path.write_bytes(data)
    assert [f"{one.rule_id}: {one.message}" for one in pdfua.validate(str(path)).findings] == []


def _it_reads_as_before(wanted: Wanted, data: bytes) -> None:
    path, found = GOLDEN / f"{wanted}.txt", re.sub(r"\([0-9a-f]{8}\)", "(fingerprint)", words(data))
    if os.environ.get("AOA_WRITE_GOLDEN"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", ["pl", "pt", "ur", "bn"])
def test_a_published_insert_in_large_print_has_room_for_a_name_on_the_smallest_paper(code: str, tmp_path: Path) -> None:
    """The languages that need the most room: their inserts fitted as drafts, and letter runs then held them back."""
    site, name = Site.default(), "Siân O'Brien-Jones"
    published = {"language": code, "edition": longest(site, code)}
    data = render("insert", site=site, paper="third-a4", large_print=True, for_person=name, **published)
    with opened(data) as pdf:
        letters = [_letters(page) for page in pdf.pages]
    assert len(letters) == 1
    _no_letter_of_large_print_is_below_18_points(letters)
    _no_letter_runs_over_the_edge(data)
    _a_phone_reads_the_code_from_the_printed_page(data)
    _an_independent_checker_finds_no_fault_against_pdf_ua(data, tmp_path)
    assert name in words(data)


def test_every_golden_page_is_of_a_notice_that_is_made() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {str(one) for one in KEPT}


@pytest.mark.parametrize("code", ["ar", "ur", "bn", "pa"])
def test_a_screen_reader_is_told_the_words_of_joined_letters_and_not_their_glyphs(code: str) -> None:
    """Without it *You can say no* lost its *no* in Arabic, where the same letters stood under a mark before."""
    with opened(made(Wanted(code, "poster", "a4"))) as pdf:
        told = " ".join(" ".join(line.replace("\u00a0", " ").split()) for line in _told(pdf))
        marks = [one for one, name in pikepdf.parse_content_stream(pdf.pages[0]) if str(name) == "BDC"]
    said = wording(code)
    for text in (*said.notice.headline, said.notice.subtitle, said.blocks["no"].heading, said.contact.heading):
        assert text in told
    assert "/NoticeWords" not in {str(one[0]) for one in marks}


def _told(pdf: pikepdf.Pdf) -> list[str]:
    """Return the words that are written beside the glyphs: in the structure, or where the line is drawn."""
    lines = [str(one.ActualText) for one in elements(pdf.Root.StructTreeRoot) if "/ActualText" in one]
    for operands, operator in pikepdf.parse_content_stream(pdf.pages[0]):
        if str(operator) == "BDC" and "/ActualText" in operands[1]:
            lines.append(str(operands[1].ActualText))
    return lines
