"""`aoa notice`: make and check notices from the command line."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from notices.errors import NoticeError
from notices.language import languages
from notices.lint import InForce, Severity, check
from notices.lint.plan import in_force
from notices.making import render, render_html, render_text
from notices.merge import Result, merge, read_letters, report_of
from notices.merge.tables import MOST_BYTES
from notices.outputs import Kind, Paper
from notices.settings.site import Site
from notices.wording import wording


class _Failed(click.ClickException):
    """A notice could not be made: exit code 1, the reason on standard error."""


def _site(path: Path | None) -> Site:
    try:
        return Site.load(path) if path else Site.default()
    except NoticeError as error:
        raise _Failed(str(error)) from None


_FILE = click.Path(path_type=Path, dir_okay=False)
_SITE = click.option("--site", type=_FILE, help="Settings of the notices (TOML); an example site by default.")
_SUFFIXES = (".pdf", ".html", ".txt")
_LANGUAGE = click.option("--language", default="en", show_default=True, help="Code of the language.")


@click.command("render")
@click.argument("kind", type=click.Choice([str(one) for one in Kind]))
@click.option("--out", required=True, type=_FILE, help="File to write: .pdf, .html or .txt.")
@_SITE
@_LANGUAGE
@click.option("--paper", type=click.Choice([str(one) for one in Paper]), help="The kind's first paper by default.")
@click.option("--large-print", is_flag=True, help="Every letter at least 18 points.")
@click.option("--easy-read", is_flag=True, help="Short lines, each with a picture.")
@click.option("--print-ready", is_flag=True, help="For a print shop: bleed, crop marks, process colours.")
def render_command(kind: str, out: Path, site: Path | None, **choices: Any) -> None:
    """Make the notice KIND and write it to a file."""
    try:
        data = _made(kind, out.suffix.lower(), _site(site), choices)
    except NoticeError as error:
        raise _Failed(str(error)) from None
    _write(out, data)
    click.echo(f"Wrote {out}")


def _made(kind: str, suffix: str, site: Site, choices: dict[str, Any]) -> bytes:
    if suffix not in _SUFFIXES:
        raise _Failed(f"A notice is written as {', '.join(_SUFFIXES)}: end the name after --out with one of these.")
    if suffix == ".html":
        return render_html(kind, site=site, **choices).encode()
    if suffix == ".txt":
        return render_text(kind, site=site, **choices).encode()
    return render(kind, site=site, **choices)


def _write(out: Path, data: bytes) -> None:
    """Write the whole file or nothing."""
    part = out.with_name(out.name + ".part")
    try:
        part.write_bytes(data)
        part.replace(out)
    except OSError as error:
        raise _Failed(f"Cannot write {out}: {error.strerror}. Choose another place with --out.") from None
    finally:  # also when the user interrupts
        with suppress(OSError):
            part.unlink(missing_ok=True)


@click.command("check")
@_SITE
@_LANGUAGE
@click.option(
    "--plan", type=_FILE, help="What an export profile does, as `aoa plan` prints it, to hold the promises to."
)
@click.option("--fit/--no-fit", default=True, show_default=True, help="Set each poster and insert to see that it fits.")
def check_command(site: Path | None, language: str, plan: Path | None, *, fit: bool) -> None:
    """Check wording and settings; exit 1 when something bars publishing."""
    try:
        findings = check(_site(site), language, in_force=_in_force(plan), fit=fit)
    except NoticeError as error:
        raise _Failed(str(error)) from None
    for finding in findings:
        click.echo(str(finding))
    if any(finding.severity == Severity.ERROR for finding in findings):
        raise SystemExit(1)
    click.echo("Nothing bars publishing.")


def _in_force(plan: Path | None) -> InForce | None:
    if plan is None:
        return None
    try:
        return in_force(plan.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise _Failed(f"Cannot read {plan}: write it with `aoa plan --level teaching > {plan.name}`.") from None


@click.command("merge")
@click.argument("kind", type=click.Choice([str(one) for one in Kind]))
@click.option("--letters", required=True, type=_FILE, help="CSV or XLSX with the columns name, language and format.")
@click.option("--out", required=True, type=_FILE, help="The one PDF for the printer.")
@click.option("--report", type=_FILE, help="CSV of what was printed where and which rows could not be met; no names.")
@_SITE
@click.option("--paper", type=click.Choice([str(one) for one in Paper]), help="The kind's first paper by default.")
def merge_command(kind: str, out: Path, report: Path | None, site: Path | None, **lists: Any) -> None:
    """Print one notice KIND a row of a list, sorted for the printer; exit 3 when a row could not be met."""
    for one in (out, *([report] if report else [])):
        if not one.parent.is_dir():
            raise _Failed(f"Cannot write {one}: there is no such folder. Make it, or choose another place.")
    try:
        result = _merged(kind, _site(site), **lists)
    except NoticeError as error:
        raise _Failed(str(error)) from None
    _write(out, result.pdf)
    if report:
        _write(report, report_of(result).encode())
    _say(result, out)


def _merged(kind: str, site: Site, letters: Path, paper: str | None) -> Result:
    found, refused = read_letters(_bytes_of(letters))
    with _bar() as bar:
        task = bar.add_task("Letters", total=len(found))

        def show(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        return merge(kind, found, refused, site=site, paper=paper, progress=show)


def _bytes_of(letters: Path) -> bytes:
    try:
        with letters.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _Failed(f"Cannot read {letters}: {error.strerror}. Check the path after --letters.") from None


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _say(result: Result, out: Path) -> None:
    for one in result.refused:
        click.echo(str(one), err=True)
    click.echo(f"Wrote {out}: {_counted(len(result.letters), 'letter')} on {_counted(result.pages, 'page')}")
    if result.refused:
        click.echo(f"{_counted(len(result.refused), 'row')} could not be met.")
        raise SystemExit(3)


@click.command("languages")
@_SITE
def languages_command(site: Path | None) -> None:
    """List the languages: code, name, who signed the wording, and the wording's fingerprint to be signed."""
    one = _site(site)
    for code, language in languages().items():
        words = wording(code).fingerprint
        review = one.review(code, words)
        signed = "the source" if code == "en" else f"checked by {review.reviewer}" if review else "awaits a reviewer"
        click.echo(f"{code}  {language.english:12} {signed:24} {words}")
