"""What a print shop's machines look for: boxes, bleed, crop marks and process colours."""

from collections.abc import Iterator

import pikepdf
import pypdfium2
import pytest

from notices import Site, render
from notices.settings.theme import Theme
from tests.support.notices import opened

_MM = 72 / 25.4
_BLEED = 3 * _MM
_RED_GREEN_BLUE = {"rg", "RG"}
_SHEETS = {("poster", "a4"): (210, 297), ("poster", "a3"): (297, 420), ("insert", "third-a4"): (99, 210)}


@pytest.fixture(scope="module", params=_SHEETS, ids=" ".join)
def printed(request: pytest.FixtureRequest) -> tuple[tuple[int, int], bytes]:
    kind, paper = request.param
    return _SHEETS[request.param], render(kind, site=Site.default(), paper=paper, print_ready=True)


def test_trim_is_the_paper_bleed_3_mm_more_and_the_marks_lie_outside(printed: tuple[tuple[int, int], bytes]) -> None:
    (width, height), data = printed
    trim = [0, 0, width * _MM, height * _MM]
    bleed = [-_BLEED, -_BLEED, trim[2] + _BLEED, trim[3] + _BLEED]
    with opened(data) as pdf:
        page = pdf.pages[0]
        assert _box(page.TrimBox) == pytest.approx(trim, abs=0.02)
        assert _box(page.BleedBox) == pytest.approx(bleed, abs=0.02)
        left, bottom, right, top = _box(page.MediaBox)
        marks = _lines(page)
    assert left < bleed[0]
    assert bottom < bleed[1]
    assert right > bleed[2]
    assert top > bleed[3]
    assert len(marks) == 8
    for x, y in (end for line in marks for end in line):
        assert not (bleed[0] <= x <= bleed[2] and bleed[1] <= y <= bleed[3])
        assert left <= x <= right
        assert bottom <= y <= top
    upright = sorted({x for line in marks for x, _ in line if line[0][0] == line[1][0]})
    assert upright == pytest.approx([0, trim[2]], abs=0.02)


def test_the_band_and_the_paper_run_out_to_the_end_of_the_bleed(printed: tuple[tuple[int, int], bytes]) -> None:
    _, data = printed
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[0]
        left, _, _, top = page.get_mediabox()
        picture = page.render(scale=2).to_pil().convert("RGB")
    finally:
        document.close()
    edge = int((-_BLEED - left) * 2) + 3, int((top - _top(data) - _BLEED) * 2) + 3
    assert picture.getpixel(edge) != (255, 255, 255)
    assert picture.getpixel((edge[0], picture.height - edge[1])) != (255, 255, 255)
    assert picture.getpixel((edge[0] - 8, picture.height // 2)) == (255, 255, 255)


def _top(data: bytes) -> float:
    with opened(data) as pdf:
        return float(pdf.pages[0].TrimBox[3])


def test_no_letter_and_no_picture_is_in_red_green_and_blue(printed: tuple[tuple[int, int], bytes]) -> None:
    _, data = printed
    with opened(data) as pdf:
        for stream in _drawings(pdf):
            assert not _RED_GREEN_BLUE & {str(operator) for _, operator in pikepdf.parse_content_stream(stream)}
        groups = [item.Group for item in pdf.objects if isinstance(item, pikepdf.Stream) and "/Group" in item]
        assert groups
        assert {str(group.CS) for group in groups} == {"/DeviceCMYK"}


def test_no_colour_lays_down_more_ink_than_paper_dries() -> None:
    for theme in (Theme(), Theme(primary="#003000", accent="#ffe000"), Theme(primary="#000000")):
        for colour in (theme.primary, theme.accent, theme.paper):
            assert sum(colour.cmyk) <= 3.0 + 0.005


def _box(box: pikepdf.Object) -> list[float]:
    return [float(side) for side in box]


def _drawings(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object | pikepdf.Page]:
    for page in pdf.pages:
        yield page
        yield from (form for form in page.Resources.get("/XObject", {}).values() if form.Subtype == "/Form")


def _lines(page: pikepdf.Page) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return the lines of the crop marks: what stands last on the page."""
    ends: list[tuple[float, float]] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "q":
            ends = []
        elif str(operator) in ("m", "l"):
            ends.append((float(operands[0]), float(operands[1])))
    return list(zip(ends[::2], ends[1::2], strict=True))
