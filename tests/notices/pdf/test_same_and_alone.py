"""The same words make the same bytes, and making them touches neither network nor files."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from notices import Site, render
from notices.settings.logo import Logo
from tests.support.notices import Wanted, made

ONES = [("poster", "a4"), ("insert", "a5"), ("information-sheet", "a4"), ("reception-sheet", "a4")]


@pytest.mark.parametrize(("kind", "paper"), ONES)
def test_the_same_words_make_the_same_bytes(kind: str, paper: str) -> None:
    assert render(kind, site=Site.default(), paper=paper) == made(Wanted("en", kind, paper))


def test_another_process_makes_the_same_bytes_on_another_day(tmp_path: Path) -> None:
    out = tmp_path / "poster.pdf"
    script = "import sys; from notices.cli import notice; notice(sys.argv[1:])"
    subprocess.run(
        [sys.executable, "-c", script, "render", "poster", "--out", str(out)],
        check=True,
        env={"PATH": "/usr/bin:/bin", "SOURCE_DATE_EPOCH": "86400", "PYTHONHASHSEED": "7"},
    )
    assert out.read_bytes() == made(Wanted("en", "poster", "a4"))


def test_another_department_makes_other_bytes() -> None:
    data = Site.default().data()
    data["department"]["phone"] = "01632 960999"
    assert render("poster", site=Site.parse(data)) != made(Wanted("en", "poster", "a4"))


def test_no_connection_is_opened_while_a_notice_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError(f"a connection to {arguments[1:]}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for kind, paper in ONES:
        assert render(kind, site=Site.default(), paper=paper).startswith(b"%PDF-1.7")


def test_no_file_outside_fonts_and_code_is_opened_while_a_notice_is_made() -> None:
    seen: list[str] = []
    watching = True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event == "open":
            seen.append(str(arguments[0]))

    sys.addaudithook(watch)
    render("poster", site=Site.default(), paper="a3")
    watching = False
    allowed = ("/usr/share/fonts", "/usr/lib", "/usr/local/lib", sys.prefix, sys.base_prefix, "/var/cache/fontconfig")
    package = str(Path(sys.modules["notices"].__file__ or "").parent)
    assert [path for path in seen if not path.startswith((*allowed, package))] == []


@pytest.mark.parametrize(
    "svg",
    [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="file:///etc/passwd"/></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="http://127.0.0.1:9/a.png"/></svg>',
    ],
)
def test_a_logo_that_slipped_in_unclean_is_not_followed(svg: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Second line of defence: even what the sanitiser would refuse reaches nothing."""
    import base64  # noqa: PLC0415 - only this test needs it

    opened: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *arguments: opened.append(arguments))
    packed = base64.b64encode(svg.encode()).decode()
    logo = Logo.model_construct(media="image/svg+xml", data=packed, width=9, height=9)
    site = Site.default().model_copy(update={"logo": logo})
    assert b"root:x:0" not in render("poster", site=site)
    assert opened == []


def test_the_longest_settings_that_are_allowed_still_fit_on_one_side_of_the_smallest_insert(tmp_path: Path) -> None:
    from click.testing import CliRunner  # noqa: PLC0415

    from notices.cli import notice  # noqa: PLC0415

    source = Path(sys.modules["notices"].__file__ or "").parent / "settings" / "example.toml"
    text = source.read_text()
    lines = [line for line in text.splitlines() if not line.startswith(("name = {", "place"))]
    lines.insert(
        lines.index("[department]") + 1,
        f'name = "{"Imaging of hearts " * 6}unit"\nplace = "{"along the long corridor " * 12}"',
    )
    site = tmp_path / "site.toml"
    site.write_text("\n".join(lines))
    out = tmp_path / "insert.pdf"
    arguments = [
        "render",
        "insert",
        "--paper",
        "third-a4",
        "--large-print",
        "--easy-read",
        "--site",
        str(site),
        "--out",
        str(out),
    ]
    result = CliRunner().invoke(notice, arguments)
    assert result.exit_code == 0, result.output
    assert len(PdfReader(out).pages) == 1
