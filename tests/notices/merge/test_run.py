"""The letter run as the printer, a screen reader and the person in charge of the list meet it."""

import io
import logging
import subprocess

import pdfua
import pikepdf
import pytest
from pikepdf import Dictionary, Name, Pdf
from PIL import ImageChops

from notices import Site, render
from notices.errors import FontError, LettersError, UnknownOutputError
from notices.merge import Letter, merge, report_of
from notices.merge.names import NO_FONT, TOO_WIDE, Strip, drawn
from notices.pdf.fonts import embedded
from notices.pdf.structure import elements
from tests.support.letters import (
    LARGE,
    NAMES,
    PRINTED,
    REFUSED,
    RIGHT_TO_LEFT,
    SMILEY,
    UNKNOWN,
    WIDE,
    names_of,
    parts,
    run,
)
from tests.support.notices import opened, picture, words

STRIP = Strip(0, 0, 80, 8, 12)


def _drawings(*names: str, strip: Strip = STRIP):
    return [one for _, found in drawn(Pdf.new(), names, strip) for one in found]


def test_each_person_has_one_page_sorted_by_format_then_language_then_row() -> None:
    assert run().letters == (RIGHT_TO_LEFT, *PRINTED, LARGE)
    assert names_of(run().pdf) == [one.name for one in run().letters]
    assert run().pages == len(run().letters)


def test_a_row_that_cannot_be_printed_is_refused_alone_and_by_its_number() -> None:
    assert [(one.row, one.reason) for one in run().refused] == [(30, NO_FONT), (31, TOO_WIDE)]


def test_no_page_is_made_for_a_row_that_was_refused() -> None:
    assert not {one.name for one in REFUSED} & set(names_of(run().pdf))


def test_the_same_list_makes_the_same_bytes_in_whatever_order_its_rows_stand() -> None:
    letters = [RIGHT_TO_LEFT, PRINTED[0], PRINTED[3]]
    one, other = (merge("insert", some, site=Site.default()).pdf for some in (letters, letters[::-1]))
    assert one == other


def test_independent_checkers_find_no_fault(tmp_path) -> None:
    path = tmp_path / "letters.pdf"
    path.write_bytes(run().pdf)
    assert [f"{one.rule_id}: {one.message}" for one in pdfua.validate(str(path)).findings] == []
    checked = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_each_letter_names_its_own_language_and_starts_with_its_heading() -> None:
    with opened(run().pdf) as pdf:
        assert [str(part.Lang) for part in parts(pdf)] == [one.language for one in run().letters]
        assert {str(part.K[0].S) for part in parts(pdf)} == {"/H1"}
        assert pdf.Root.MarkInfo.Marked == True  # noqa: E712 - a PDF boolean
        assert str(pdf.docinfo.Title)


def test_every_marked_part_of_every_page_is_in_the_structure_and_the_name_stands_beside_its_label() -> None:
    with opened(run().pdf) as pdf:
        owners = dict(zip(*[iter(pdf.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
        for part, page in zip(parts(pdf), pdf.pages, strict=True):
            found = owners[page.obj.StructParents]
            marks = [
                int(one.operands[1].MCID)
                for stream in page.obj.Contents
                for one in pikepdf.parse_content_stream(stream, "BDC")
                if isinstance(one.operands[1], Dictionary) and "/MCID" in one.operands[1]
            ]
            assert sorted(marks) == [*range(len(marks))]
            mine = {one.objgen for one in elements(part)}
            assert {found[mark].objgen for mark in marks} <= mine
            name = found[len(found) - 1]
            assert (name.S, int(name.K)) == (Name.Span, max(marks))
            assert name.P.S == Name.P
            assert [kid.objgen for kid in name.P.K if isinstance(kid, Dictionary)] == [name.objgen]
            assert len(name.P.K) > 1


def test_a_figure_keeps_its_words_and_no_element_is_shared_between_letters() -> None:
    with opened(run().pdf) as pdf:
        seen: set[tuple[int, int]] = set()
        for part in parts(pdf):
            inside = list(elements(part))
            assert all(str(one.Alt).strip() for one in inside if Name.Figure == one.S)
            assert any(Name.Figure == one.S for one in inside)
            assert not seen & {one.objgen for one in inside}
            seen |= {one.objgen for one in inside}


def test_every_letter_is_inside_the_file_and_from_a_chosen_font() -> None:
    with opened(run().pdf) as pdf:
        found = dict(embedded(pdf))
    assert found
    assert all(found.values())
    assert all(name.startswith("Noto-") for name in found)


def test_all_copies_share_one_page_so_that_a_long_run_stays_small() -> None:
    with opened(run().pdf) as pdf:
        english = [page.obj.Contents[0].objgen for page in pdf.pages][1 : 1 + len(PRINTED)]
    assert len(set(english)) == 1


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("مُحَمَّد", "สมปิ่น ใจดี")])
def test_a_name_can_be_read_from_its_page_and_from_no_other(name: str) -> None:
    pages = words(run().pdf).split("-- page --")
    having = [number for number, text in enumerate(pages) if name in text]
    assert having == [number for number, one in enumerate(run().letters) if one.name == name]


@pytest.mark.parametrize("letter", [PRINTED[0], RIGHT_TO_LEFT, LARGE], ids=["left-to-right", "right-to-left", "large"])
def test_a_page_of_the_run_looks_like_the_insert_set_by_itself(letter: Letter) -> None:
    one = {"language": letter.language, "large_print": letter.large_print, "for_person": letter.name}
    alone = picture(render("insert", site=Site.default(), **one), dpi=72)
    difference = ImageChops.difference(alone, picture(run().pdf, run().letters.index(letter), dpi=72)).convert("L")
    assert sum(difference.histogram()[90:]) == 0


def test_something_is_drawn_where_each_name_stands() -> None:
    blank = merge("insert", [Letter(1, ".", "en")], site=Site.default()).pdf
    for number, letter in enumerate(run().letters):
        if letter in PRINTED:
            assert picture(run().pdf, number).tobytes() != picture(blank).tobytes(), letter.row


@pytest.mark.parametrize("name", ["مُحَمَّد", "สมปิ่น"])
def test_marks_above_and_below_letters_stay_where_the_script_puts_them(name: str) -> None:
    assert b" Ts" in _drawings(name)[0].operators


def test_a_name_is_drawn_without_any_other_of_its_batch() -> None:
    alone = {name: _drawings(name)[0] for name in NAMES}
    for name, one in zip(NAMES, _drawings(*NAMES), strict=True):
        assert one.operators.count(b"TJ") + one.operators.count(b"Tj") == sum(
            alone[name].operators.count(show) for show in (b"TJ", b"Tj")
        )


def test_the_last_name_of_every_batch_size_is_drawn() -> None:
    for count in (1, 7, 14, 63):
        assert not _drawings(*(f"Person {n}" for n in range(count)))[-1].fault


def test_a_long_name_is_set_smaller_and_one_that_would_be_too_small_is_refused() -> None:
    long, longer = _drawings("Maximiliana Konstantinopolitanska-Ferns", WIDE)
    assert not long.fault
    assert 10 / 12 <= long.scale < 1
    assert longer.fault == TOO_WIDE


def test_large_print_never_goes_below_its_size_for_a_long_name() -> None:
    strip = Strip(0, 0, 80, 10, 18, least=18)
    short, long = _drawings("Ann Ace", "Maximiliana Konstantinopolitanska", strip=strip)
    assert (short.scale, short.fault) == (1.0, "")
    assert long.fault == TOO_WIDE


def test_a_letter_that_no_font_has_is_refused_and_not_named_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert [one.fault for one in _drawings("Ann", UNKNOWN, SMILEY, "Bob")] == ["", NO_FONT, NO_FONT, ""]
    assert UNKNOWN not in caplog.text
    assert "U+1" not in caplog.text


@pytest.mark.parametrize("name", [UNKNOWN, f"Ann {UNKNOWN}"])
def test_a_single_insert_with_a_letter_that_no_font_has_is_refused_and_not_named(name: str, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(FontError, match="in other letters") as raised:
        render("insert", site=Site.default(), for_person=name)
    assert name[-1] not in caplog.text + str(raised.value)
    assert "U+" not in caplog.text


@pytest.mark.parametrize("name", ["שרה לוי", "สมปิ่น ใจดี", "Ng̃ũgĩ", "नमूना"])
def test_a_single_insert_carries_a_name_in_any_script(name: str) -> None:
    with opened(render("insert", site=Site.default(), for_person=name)) as pdf:
        assert all(inside for _, inside in embedded(pdf))


def test_no_name_is_in_what_is_shown_or_kept_of_a_run(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[tuple[int, int]] = []
    made = merge("insert", [*PRINTED[:2], REFUSED[0]], site=Site.default(), progress=lambda *n: seen.append(n))
    kept = report_of(made) + caplog.text + repr(made.letters) + repr(made.refused) + repr(_drawings(*NAMES))
    assert not [name for name in (*NAMES, UNKNOWN) if name in kept]
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_the_report_has_one_line_a_row_in_the_order_of_the_list() -> None:
    lines = [line.split(",") for line in report_of(run()).splitlines()][1:]
    assert [int(line[0]) for line in lines] == sorted(
        [*(one.row for one in run().letters), *(one.row for one in REFUSED)]
    )
    assert [line[1] for line in lines if int(line[0]) >= 30] == ["not met", "not met"]
    assert lines[0][:5] == ["2", "printed", "2", "en", "standard"]


def test_a_notice_that_carries_no_name_is_copied_once_a_row_with_its_structure(tmp_path) -> None:
    made = merge("letter-paragraph", [Letter(2, "Ann", "en"), Letter(3, "Bob", "en")], site=Site.default())
    path = tmp_path / "letters.pdf"
    path.write_bytes(made.pdf)
    assert [one.rule_id for one in pdfua.validate(str(path)).findings] == []
    with opened(made.pdf) as pdf:
        assert len(parts(pdf)) == 2
    assert "Ann" not in words(made.pdf)


def test_a_table_keeps_its_header_cells_in_a_run() -> None:
    made = merge("information-sheet", [Letter(2, "Ann", "en")], site=Site.default())
    with Pdf.open(io.BytesIO(made.pdf)) as pdf:
        headers = [one for one in elements(pdf.Root.StructTreeRoot) if one.S == Name.TH]
        assert headers
        assert all(one.A.Scope in (Name.Row, Name.Column) for one in headers)


def test_nothing_is_made_when_no_row_can_be_printed() -> None:
    with pytest.raises(LettersError, match="Row 30: a letter of the name") as raised:
        merge("insert", [REFUSED[0]], site=Site.default())
    assert UNKNOWN not in str(raised.value)


def test_a_paper_that_the_notice_is_not_made_on_is_refused_before_anything_is_set() -> None:
    with pytest.raises((LettersError, UnknownOutputError), match="insert is not made on a3 paper"):
        merge("insert", [PRINTED[0]], site=Site.default(), paper="a3")


def test_whoever_follows_the_progress_can_stop_the_run() -> None:
    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        merge("insert", PRINTED[:2], site=Site.default(), progress=stop)
