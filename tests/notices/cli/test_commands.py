"""`aoa notice` as an operator's script meets it: exit codes, messages, and never half a file."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from notices import Site
from notices import commands as ours
from notices.cli import notice
from notices.language import languages
from notices.wording import wording
from tests.support.letters import names_of
from tests.support.notices import Wanted, made, opened

NAMES = ("Zoë Ångström", "Ann O'Neill", "نور")
LIST = 'name;language;format\n{0[0]};English;\n{0[1]};Klingon;\n{0[2]};;large print\n=HYPERLINK("x");en;\n'


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(notice, [str(one) for one in arguments])


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """Return a list as Excel saves it: semicolons, a byte order mark, a formula, a language that is not ours."""
    path = tmp_path / "letters.csv"
    path.write_text(LIST.format(NAMES), encoding="utf-8-sig")
    return path


def test_a_letter_run_is_written_and_says_which_rows_were_held_back(letters: Path, tmp_path: Path, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    out, report = tmp_path / "run.pdf", tmp_path / "report.csv"
    result = _run("merge", "insert", "--letters", letters, "--out", out, "--report", report)
    assert result.exit_code == 3, result.output
    assert names_of(out.read_bytes()) == [NAMES[0], NAMES[2]]
    assert "Row 3: there is no wording in that language" in result.output
    assert "Row 5: the name is a formula" in result.output
    assert "2 letters on 2 pages" in result.output
    assert [line.split(",")[:2] for line in report.read_text().splitlines()[1:]] == [
        ["2", "printed"],
        ["3", "not met"],
        ["4", "printed"],
        ["5", "not met"],
    ]
    said = result.output + report.read_text() + caplog.text
    assert not [name for name in (*NAMES, "HYPERLINK") if name in said]
    assert {one.name for one in tmp_path.iterdir()} == {"letters.csv", "run.pdf", "report.csv"}


def test_a_run_in_which_every_row_was_met_exits_0(tmp_path: Path) -> None:
    letters, out = tmp_path / "letters.csv", tmp_path / "run.pdf"
    letters.write_text("name\nAnn\n")
    result = _run("merge", "insert", "--letters", letters, "--out", out, "--paper", "third-a4")
    assert result.exit_code == 0, result.output
    with opened(out.read_bytes()) as pdf:
        assert round(float(pdf.pages[0].MediaBox[2])) == 281


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The list is empty"),
        (b"name\n", "The list holds no letter"),
        (b"name\n=1+1\n", "No letter could be printed"),
        (b"name\n\xff\x00\xfe", "not a CSV file or an Excel workbook"),
        (b"PK\x03\x04", "The workbook is damaged"),
        ("name\n" + "Ann\n" * 100_000, "split it into several"),
    ],
)
def test_a_list_that_cannot_be_used_leaves_no_file(tmp_path: Path, content: bytes | str, said: str) -> None:
    letters, out = tmp_path / "letters.csv", tmp_path / "run.pdf"
    letters.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = _run("merge", "insert", "--letters", letters, "--out", out)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output
    assert [one.name for one in tmp_path.iterdir()] == ["letters.csv"]


def test_a_list_that_is_not_there_says_where_to_look(tmp_path: Path) -> None:
    result = _run("merge", "insert", "--letters", tmp_path / "none.csv", "--out", tmp_path / "run.pdf")
    assert result.exit_code == 1
    assert "Check the path after --letters" in result.output


def test_a_folder_that_is_not_there_is_noticed_before_anything_is_set(
    letters: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(ours, "merge", lambda *arguments, **more: pytest.fail("it was set for nothing"))
    result = _run("merge", "insert", "--letters", letters, "--out", tmp_path / "none" / "run.pdf")
    assert result.exit_code == 1
    assert "no such folder" in result.output


def test_a_run_that_is_interrupted_leaves_no_file_and_the_old_one_as_it_was(letters: Path, tmp_path: Path, monkeypatch):
    out = tmp_path / "run.pdf"
    out.write_bytes(b"yesterday's")
    merge = ours.merge

    def interrupted(*arguments: object, progress, **more: object):
        def stop(done: int, of: int) -> None:
            progress(done, of)
            raise KeyboardInterrupt

        return merge(*arguments, progress=stop, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ours, "merge", interrupted)
    result = _run("merge", "insert", "--letters", letters, "--out", out)
    assert result.exit_code == 1
    assert "Aborted" in result.output
    assert out.read_bytes() == b"yesterday's"
    assert {one.name for one in tmp_path.iterdir()} == {"letters.csv", "run.pdf"}


def test_an_interruption_while_the_file_is_written_leaves_none(tmp_path: Path, monkeypatch) -> None:
    def interrupted(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:10])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    result = _run("render", "letter-paragraph", "--out", tmp_path / "letter.txt")
    assert result.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_a_notice_is_rendered_as_pdf_web_page_or_text(tmp_path: Path) -> None:
    for name, start in (("a.pdf", b"%PDF-1.7"), ("a.html", b"<!DOCTYPE html>"), ("a.txt", b"Your pictures")):
        result = _run("render", "letter-paragraph", "--out", tmp_path / name)
        assert result.exit_code == 0, result.output
        assert (tmp_path / name).read_bytes().startswith(start)
    assert (tmp_path / "a.pdf").read_bytes() == made(Wanted("en", "letter-paragraph", "a4"))


@pytest.mark.parametrize("name", ["notice.docx", "notice.PDF.bak", "notice"])
def test_a_file_is_never_another_kind_of_file_than_its_name_says(tmp_path: Path, name: str) -> None:
    result = _run("render", "letter-paragraph", "--out", tmp_path / name)
    assert result.exit_code == 1
    assert "written as .pdf, .html, .txt: end the name after --out with one of these" in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("render", "poster", "--language", "xx"), 1, "There is no wording in the language 'xx'"),
        (("render", "poster", "--paper", "a5"), 1, "A poster is not made on a5 paper. Choose one of: a4, a3"),
        (("render", "billboard"), 2, "Invalid value"),
        (("render", "poster", "--paper", "a9"), 2, "Invalid value"),
        (("render", "poster", "--site", "nowhere.toml"), 1, "there is no such file"),
    ],
)
def test_what_cannot_be_made_says_why_and_leaves_no_file(tmp_path: Path, arguments, code: int, said: str) -> None:
    result = _run(*arguments, "--out", tmp_path / "out.pdf")
    assert result.exit_code == code
    assert said in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_computer_without_any_font_says_what_to_install_and_leaves_no_file(tmp_path: Path) -> None:
    """Its own process, since fonts are opened once."""
    bare, out = tmp_path / "fonts.conf", tmp_path / "out"
    bare.write_text(f"<fontconfig><dir>{tmp_path / 'none'}</dir><cachedir>{tmp_path / 'cache'}</cachedir></fontconfig>")
    out.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", "from notices.cli import notice; notice()", "render", "poster", "--out", out / "a.pdf"],
        env={"PATH": "/usr/bin:/bin", "FONTCONFIG_FILE": str(bare)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Error: No font is installed on this computer: install the Debian package fonts-noto-core." in done.stderr
    assert "Traceback" not in done.stderr
    assert list(out.iterdir()) == []


def _site(tmp_path: Path, *replaced: tuple[str, str]) -> Path:
    text = Path(ours.__file__).with_name("settings").joinpath("example.toml").read_text(encoding="utf-8")
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "site.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "Riverside Hospitals"', 'name = ""', "organisation.name: is empty"),
        ('name = "Riverside Hospitals"', f'name = "{"A" * 121}"', "organisation.name: is longer than 120"),
        ('primary = "#15504c"', 'primary = "#8fd3c8"', "theme: primary fails contrast"),
        ("notice_url =", 'logo = "logo.svg"\nnotice_url =', "logo: The logo's SVG holds <script>"),
        ("notice_url =", 'logo = "large.png"\nnotice_url =', "logo: The logo is larger than 2 MB"),
    ],
)
def test_settings_that_cannot_be_used_make_no_pdf(tmp_path: Path, old: str, new: str, said: str) -> None:
    (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script/></svg>')
    with (tmp_path / "large.png").open("wb") as large:
        large.truncate(100_000_000)
    site, before = _site(tmp_path, (old, new)), {one.name for one in tmp_path.iterdir()}
    result = _run("render", "poster", "--site", site, "--out", tmp_path / "poster.pdf")
    assert result.exit_code == 1
    assert said in result.output
    assert {one.name for one in tmp_path.iterdir()} == before


def test_a_clean_site_passes_the_check() -> None:
    result = _run("check", "--no-fit")
    assert result.exit_code == 0, result.output
    assert result.output == "Nothing bars publishing.\n"


def test_the_check_compares_the_notice_with_a_plan(tmp_path: Path) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text("D3 teaching\n(0010,0010) Patient's Name: kept\n")
    result = _run("check", "--no-fit", "--plan", plan)
    assert result.exit_code == 1
    assert "error: practice.removed: the notice promises to take off 'name'" in result.output
    assert "Nothing bars" not in result.output
    plan.write_bytes(b"\xff\xfe")
    assert "Cannot read" in _run("check", "--no-fit", "--plan", plan).output
    assert "aoa plan --level teaching" in _run("check", "--no-fit", "--plan", tmp_path / "none").output


def test_the_check_holds_settings_to_each_other(tmp_path: Path) -> None:
    result = _run("check", "--no-fit", "--site", _site(tmp_path, ("research = true", "research = false")))
    assert result.exit_code == 1
    assert "[recipient-unexplained]" in result.output


def test_the_languages_are_listed_with_the_fingerprint_that_a_reviewer_signs(tmp_path: Path) -> None:
    lines = _run("languages").output.splitlines()
    assert [line.split()[0] for line in lines] == [*languages()]
    assert [line.split()[-1] for line in lines] == [wording(code).fingerprint for code in languages()]
    other = next(code for code in languages() if code != "en")
    signed = (
        f'\n[[reviews]]\nlanguage = "{other}"\nreviewer = "A. Jones"\nrole = "Translator"\ndate = "2026-11-21"\n'
        f'wording = "{wording(other).fingerprint}"\n'
    )
    path = _site(tmp_path)
    path.write_text(path.read_text(encoding="utf-8") + signed, encoding="utf-8")
    assert "checked by A. Jones" in _run("languages", "--site", path).output
    assert "checked by" not in _run("languages").output
    assert Site.load(path).review(other, wording(other).fingerprint) is not None


@pytest.mark.parametrize("command", ["render", "check", "merge", "languages"])
def test_every_command_explains_itself(command: str) -> None:
    result = _run(command, "--help")
    assert result.exit_code == 0
    assert "--site" in result.output
