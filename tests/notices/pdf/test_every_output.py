"""Every language x output x format, as a reader, a screen reader and a printer meet it."""

import itertools
import subprocess

import pdfua
import pikepdf
import pytest
import zxingcpp
from pikepdf import Name

from notices import Site
from notices.pdf.fonts import embedded
from notices.pdf.mend import PRINT_FLAG, elements
from tests.support.notices import EVERY, Wanted, made, opened, picture

every = pytest.mark.parametrize("wanted", EVERY, ids=str)
every_with_code = pytest.mark.parametrize("wanted", [one for one in EVERY if one.kind != "letter-paragraph"], ids=str)
every_in_large_print = pytest.mark.parametrize("wanted", [one for one in EVERY if one.large_print], ids=str)
_ROUNDING_PT = 0.01


@every
def test_posters_and_inserts_are_one_page(wanted: Wanted) -> None:
    with opened(made(wanted)) as pdf:
        if wanted.one_page:
            assert len(pdf.pages) == 1
        else:
            assert 1 <= len(pdf.pages) <= 12


@every
def test_the_paper_is_the_one_asked_for(wanted: Wanted) -> None:
    sizes = {"a3": (842, 1191), "a4": (595, 842), "a5": (420, 595), "third-a4": (281, 595)}
    with opened(made(wanted)) as pdf:
        for page in pdf.pages:
            assert tuple(round(float(side)) for side in page.MediaBox[2:]) == sizes[wanted.paper]


@every
def test_an_independent_checker_finds_no_fault_against_pdf_ua(wanted: Wanted, tmp_path) -> None:
    path = tmp_path / "notice.pdf"
    path.write_bytes(made(wanted))
    report = pdfua.validate(str(path))
    assert [f"{one.rule_id}: {one.message}" for one in report.findings] == []
    checked = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


@every
def test_it_says_what_it_is_in_which_language(wanted: Wanted) -> None:
    with opened(made(wanted)) as pdf:
        assert str(pdf.Root.Lang) == wanted.language
        assert pdf.Root.ViewerPreferences.DisplayDocTitle == True  # noqa: E712 - a PDF boolean
        assert pdf.Root.MarkInfo.Marked == True  # noqa: E712 - likewise
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"]


@every
def test_it_starts_with_one_main_heading_and_skips_no_level(wanted: Wanted) -> None:
    with opened(made(wanted)) as pdf:
        levels = [
            int(str(one.S)[2]) for one in elements(pdf.Root.StructTreeRoot) if str(one.S) in ("/H1", "/H2", "/H3")
        ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@every
def test_pictures_speak_headers_have_a_scope_and_links_print(wanted: Wanted) -> None:
    with opened(made(wanted)) as pdf:
        for element in elements(pdf.Root.StructTreeRoot):
            if Name.Figure == element.S:
                assert str(element.Alt).strip()
            if Name.TH == element.S:
                assert element.A.Scope in (Name.Row, Name.Column)
        links = [annotation for page in pdf.pages for annotation in page.get("/Annots", [])]
        assert links
        assert all(int(link.F) & PRINT_FLAG for link in links)


@every
def test_every_letter_is_inside_the_file_and_from_a_chosen_font(wanted: Wanted) -> None:
    with opened(made(wanted)) as pdf:
        found = dict(embedded(pdf))
    assert found
    assert all(found.values())
    assert all(name.startswith("Noto-") for name in found)


@every
def test_no_letter_is_missing_from_its_font(wanted: Wanted) -> None:
    """Glyph 0 is the box that stands for a letter that the font does not have."""
    with opened(made(wanted)) as pdf:
        for page in pdf.pages:
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) in ("Tj", "TJ"):
                    assert not any(_has_glyph_0(bytes(part)) for part in _strings(operands[0]))


def _strings(operand):
    parts = operand if isinstance(operand, pikepdf.Array) else [operand]
    return [part for part in parts if isinstance(part, pikepdf.String)]


def _has_glyph_0(codes: bytes) -> bool:
    return any(codes[n : n + 2] == b"\x00\x00" for n in range(0, len(codes), 2))


@every_with_code
def test_a_phone_reads_the_code_from_the_printed_page(wanted: Wanted) -> None:
    data = made(wanted)
    with opened(data) as pdf:
        count = len(pdf.pages)
    found = {code.text for page in range(count) for code in zxingcpp.read_barcodes(picture(data, page, dpi=150))}
    assert found == {Site.default().notice_url}


@every_in_large_print
def test_no_letter_of_large_print_is_below_18_points(wanted: Wanted) -> None:
    with opened(made(wanted)) as pdf:
        sizes = {size for page in pdf.pages for size in _letter_sizes(page)}
    assert sizes
    assert min(sizes) >= 18 - _ROUNDING_PT


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
