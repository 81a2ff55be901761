"""Lists as departments save them: encodings, separators, formulae, and rows that cannot be met."""

import csv
import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from notices.errors import LettersError
from notices.language import languages
from notices.merge import Letter, name_fault, read_letters
from notices.merge.letters import MOST_ROWS
from notices.merge.tables import MOST_BYTES

HEADER = "name,language,format\n"


def _csv(*rows: str) -> bytes:
    return (HEADER + "".join(f"{row}\n" for row in rows)).encode()


def _workbook(*rows: tuple[object, ...]) -> bytes:
    book, output = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(output)
    return output.getvalue()


def _reasons(data: bytes) -> dict[int, str]:
    return {one.row: one.reason for one in read_letters(data)[1]}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"], ids=lambda one: one
)
@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_every_encoding_and_separator_of_a_spreadsheet_is_read(encoding: str, separator: str, end: str) -> None:
    lines = (("Name", "Language", "Format"), ("Zoë Müller", "English", "Large print"))
    data = end.join(separator.join(line) for line in lines).encode(encoding)
    assert read_letters(data) == ([Letter(2, "Zoë Müller", "en", large_print=True)], [])


def test_a_workbook_is_read_like_a_csv() -> None:
    data = _workbook(
        ("name", "language", "format"), ("محمد", "ar", None), (None, None, None), ("Ann", None, "easy read")
    )
    assert read_letters(data)[0] == [Letter(2, "محمد", "ar"), Letter(4, "Ann", "en", easy_read=True)]


def _book_with_rows_out_of_sight(*, hidden_sheet: bool, hidden_row: bool) -> bytes:
    book, output = Workbook(), io.BytesIO()
    old = book.active
    old.append(("name",))
    old.append(("Bob",))
    old.sheet_state = "hidden" if hidden_sheet else "visible"
    shown = book.create_sheet("Letters", 1 if hidden_sheet else 0)
    for row in (("name",), ("Ann",), ("Cy",)):
        shown.append(row)
    shown.row_dimensions[3].hidden = hidden_row
    book.save(output)
    return output.getvalue()


@pytest.mark.parametrize("hidden_sheet", [True, False])
def test_a_workbooks_first_sheet_that_is_shown_is_read(hidden_sheet: bool) -> None:
    data = _book_with_rows_out_of_sight(hidden_sheet=hidden_sheet, hidden_row=False)
    assert [one.name for one in read_letters(data)[0]] == ["Ann", "Cy"]


def test_a_row_that_a_filter_hides_gets_no_letter_unnoticed() -> None:
    """Whoever filtered out those who died, or who have moved, does not expect letters to them."""
    with pytest.raises(LettersError, match="rows that are hidden or filtered out: show all of them"):
        read_letters(_book_with_rows_out_of_sight(hidden_sheet=True, hidden_row=True))


@pytest.mark.parametrize("formula", ['=HYPERLINK("http://x.example","Ann")', "=1+1", "+44 1", "-2+3", "@SUM(A1)"])
def test_a_formula_is_refused_by_its_row_and_never_worked_out(formula: str) -> None:
    quoted = '"' + formula.replace('"', '""') + '"'
    for data in (_csv("Ann,en,", f"{quoted},en,"), _workbook(("name", "language"), ("Ann", "en"), (formula, "en"))):
        letters, refused = read_letters(data)
        assert [one.name for one in letters] == ["Ann"]
        assert [(one.row, "formula" in one.reason) for one in refused] == [(3, True)]
        assert formula not in refused[0].reason


def test_a_formula_over_several_cells_is_a_formula_too() -> None:
    book, output = Workbook(), io.BytesIO()
    book.active.append(("name",))
    book.active["A2"] = ArrayFormula("A2:A3", "=B2:B3")
    book.active["A4"] = DataTableFormula("A4:A5", r1="B1")
    book.active["A6"] = "Ann"
    book.save(output)
    letters, refused = read_letters(output.getvalue())
    assert [(one.row, one.name) for one in letters] == [(6, "Ann")]
    assert all("formula" in one.reason for one in refused)
    assert {2, 4} == {one.row for one in refused}


def test_a_formula_in_another_column_is_text_that_names_no_language_or_format() -> None:
    found = _reasons(_csv('Ann,"=CONCAT(""e"",""n"")",', 'Bob,en,"=A1"'))
    assert found[2].startswith("there is no wording in that language")
    assert found[3].startswith("that format is not made here")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Ann,Klingon,", "there is no wording in that language"),
        ("Ann,en,braille", "that format is not made here"),
        (",en,", "the name is empty"),
        ('" ",en,', "the name is empty"),
        ("A" * 81 + ",en,", "longer than 80 letters"),
        ("#N/A,en,", "holds no letters of a name"),
        ("#REF!,en,", "holds no letters of a name"),
        ("4857773456,en,", "holds no letters of a name"),
        ("???,en,", "holds no letters of a name"),
        ("Ann\x07,en,", "signs that cannot be printed"),
        ("Ann\u202eBob,en,", "signs that cannot be printed"),
        ("Ann \ufffd,en,", "signs that cannot be printed"),
        ("ZoÃ« MÃ¼ller,en,", "garbled"),
    ],
)
def test_a_row_that_cannot_be_met_says_why_and_holds_no_name(row: str, said: str) -> None:
    letters, refused = read_letters(_csv("Bob,,", row))
    assert [one.name for one in letters] == ["Bob"]
    assert [one.row for one in refused] == [3]
    assert said in refused[0].reason
    assert not [part for part in row.split(",", maxsplit=1)[0].split() if len(part) > 2 and part in refused[0].reason]


def test_utf_8_with_one_broken_byte_is_not_printed_garbled() -> None:
    """Such a file is read as Windows-1252, and every accent of it comes out as two signs."""
    letters, refused = read_letters(HEADER.encode() + "Zoë,en,\nAnn,en,\n".encode() + b"Ren\xe9,en,\n")
    assert [(one.row, one.name) for one in letters] == [(3, "Ann"), (4, "René")]
    assert [(one.row, "garbled" in one.reason) for one in refused] == [(2, True)]


def test_a_name_that_was_cut_at_its_comma_is_not_printed_in_half() -> None:
    letters, refused = read_letters(b"language,format,name\nen,,Smith, Jane\nen,,Ann,,\nen,,Bob\n")
    assert [(one.row, one.name) for one in letters] == [(3, "Ann"), (4, "Bob")]
    assert [(one.row, "quotation marks" in one.reason) for one in refused] == [(2, True)]


@pytest.mark.parametrize("line", ["sep=;\r\n", "SEP=;\n", '"sep=;"\r\n'])
def test_the_line_that_tells_excel_the_separator_is_no_row(line: str) -> None:
    """Excel shows it nowhere, so that the row below it is the first of the spreadsheet."""
    letters, refused = read_letters(f"{line}name;format;note\r\nAnn;braille;a, b, c, d, e\r\nZoë;;\r\n".encode())
    assert [(one.row, one.name) for one in letters] == [(3, "Zoë")]
    assert [one.row for one in refused] == [2]


@pytest.mark.parametrize("code", sorted(languages()))
def test_a_language_is_known_by_its_code_its_region_and_both_of_its_names(code: str) -> None:
    one = languages()[code]
    words = (code, code.upper(), f"{code}-GB", one.english, one.native)
    assert {letter.language for letter in read_letters(_csv(*(f"Ann,{word}," for word in words)))[0]} == {code}


@pytest.mark.parametrize(
    ("needs", "large", "easy"),
    [
        ("", False, False),
        ("standard", False, False),
        ("Large Print", True, False),
        ("easy-read", False, True),
        ("large print and easy read", True, True),
        ("Easy read / large print", True, True),
        ("both", True, True),
    ],
)
def test_a_format_is_known_in_the_words_that_people_use(needs: str, large: bool, easy: bool) -> None:
    assert read_letters(_csv(f"Ann,en,{needs}"))[0] == [Letter(2, "Ann", "en", large_print=large, easy_read=easy)]


def test_a_column_of_something_else_is_no_column_of_ours() -> None:
    assert read_letters(b"name,information,ward\nAnn,large print,ur\n") == ([Letter(2, "Ann", "en")], [])


def test_missing_columns_of_language_and_format_mean_english_and_standard() -> None:
    assert read_letters(b"name\nAnn\n") == ([Letter(2, "Ann", "en")], [])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The list is empty"),
        (b"\xef\xbb\xbf", "The list is empty"),
        (HEADER.encode(), "holds no letter"),
        (b"patient,language\nAnn,en\n", "has no column 'name'"),
        (b"Letters for May\nname,language\nAnn,en\n", "with nothing above them"),
        (b"first name,last name\nAnn,Lee\n", "first and last names together under 'name'"),
        (b'name\nAnn\n"Bob\n', "in line 3 or above it has no partner"),
        (b"name,language,name\nAnn,en,Bob\n", "more than one column 'name'"),
        (b"name,format,Format\nAnn,,large print\n", "more than one column 'format'"),
        (b"name,Format needs\nAnn,large print\n", "seems to be 'format'"),
        (b"name,Preferred language\nAnn,ur\n", "seems to be 'language'"),
        (b'name,language\n"Ann,en\n', "not a CSV file that can be read"),
        (b"\x89PNG\r\n\x1a\n\x00\x01\x02\x03\x04\x05", "not a CSV file or an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00\x01\x02", "not a CSV file or an Excel workbook"),
        (b"PK\x03\x04 and no more", "The workbook is damaged"),
        (b"name\n" + b"A" * MOST_BYTES, "larger than 20 MB"),
        (_csv(*["Ann,en,"] * (MOST_ROWS + 1)), f"more than {MOST_ROWS:,} rows"),
        (_csv(*["Ann,en,"] * 100_000), f"more than {MOST_ROWS:,} rows: split it"),
        (b"name\n" + b'"' + b"A" * 200_000 + b'"\n', "not a CSV file that can be read"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_file_that_is_no_list_says_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(LettersError, match="(?s)" + said) as raised:
        read_letters(data)
    assert str(raised.value).rstrip(".").count(":") >= 1


def test_a_longest_list_is_read() -> None:
    assert len(read_letters(_csv(*["Ann,en,"] * MOST_ROWS))[0]) == MOST_ROWS


def _packed(members: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return output.getvalue()


def test_a_workbook_that_unpacks_to_a_mountain_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(LettersError, match="more than a list of letters"):
        read_letters(_packed({"xl/worksheets/sheet1.xml": bytes(210_000_000)}))


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    with pytest.raises(LettersError, match="damaged"):
        read_letters(_packed({"letters.csv": b"name\nAnn\n"}))


def test_signs_that_are_not_seen_are_taken_out_and_joiners_that_shape_letters_stay() -> None:
    assert read_letters(_csv("\u200fAnn\u00ad\ufeff,en,", "دانیال\u200cها,ur,"))[0] == [
        Letter(2, "Ann", "en"),
        Letter(3, "دانیال\u200cها", "ur"),
    ]


_ALPHABETS = st.sampled_from(
    ["abcXYZéøßñ’-", "ابتثجحخ", "অআইনজমবগ", "ਅਆਕਖਗੁਰ", "अआकखगर", "אבגדה", "ก ข ค", "李小龍王", "АБВгд", "αβγδ"]
)
_WORD = _ALPHABETS.flatmap(lambda letters: st.text(letters, min_size=1, max_size=12))
_NAME = st.lists(_WORD, min_size=1, max_size=4).map(lambda words: " ".join(" ".join(words).split()))


@settings(max_examples=60)
@given(st.lists(_NAME.filter(lambda name: not name_fault(name)), min_size=1, max_size=8), st.sampled_from(",;\t"))
def test_a_name_in_any_script_goes_through_csv_and_workbook_unchanged(names: list[str], separator: str) -> None:
    output = io.StringIO()
    writer = csv.writer(output, delimiter=separator)
    writer.writerows([("name", "language", "format"), *((name, "en", "") for name in names)])
    wanted = [Letter(row, name, "en") for row, name in enumerate(names, start=2)]
    assert read_letters(output.getvalue().encode()) == (wanted, [])
    assert read_letters(output.getvalue().encode("utf-16")) == (wanted, [])


@settings(max_examples=150)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=90))
def test_any_text_at_all_is_a_name_or_a_reason_without_it(text: str) -> None:
    output = io.StringIO()
    csv.writer(output).writerows([("name", "language"), (text, "en"), ("Ann", "en")])
    letters, refused = read_letters(output.getvalue().encode())
    assert "Ann" in {one.name for one in letters}
    assert all(not name_fault(one.name) for one in letters)
    assert all(len(text.strip()) < 12 or text.strip() not in one.reason for one in refused)


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_a_list_or_a_message(data: bytes) -> None:
    for some in (data, b"name\n" + data, b"PK\x03\x04" + data):
        with suppress(LettersError):
            letters, refused = read_letters(some)
            assert letters or refused
