"""``aoa export``: asks for an export from the command line, by the same rules as everybody else."""

import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from orthanc_plugin.formats import FORMATS, NOT_YET
from orthanc_plugin.requesting.asker import Answer, Asker, CannotAskError, login
from orthanc_plugin.vocabulary import ATTESTATIONS, MOST_CAUTIOUS, OWN_USE, PURPOSES

DONE, FAILED, USAGE, HELD = 0, 1, 2, 3
NO_REASON = "none was given on the command line"
_ANSWER = "Your answer to that question; where it is needed and not given, you are asked."
_screen = Console(stderr=True)


@click.command("export")
@click.option("--home", required=True, type=click.Path(file_okay=False, path_type=Path), help="The home that runs.")
@click.option("--study", required=True, help="StudyInstanceUID, or Orthanc's identifier of the study.")
@click.option("--purpose", required=True, type=click.Choice(PURPOSES), help="What the images are for.")
@click.option("--recipient", required=True, help='Key of a registered recipient, or "self".')
@click.option("--format", "form", required=True, type=click.Choice([*FORMATS, *NOT_YET]), help="What to make.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where to put the package.")
@click.option("--user", help="Who asks; the first clinician of the home if not given.")
@click.option("--reason", default="", help="Why, in a sentence; needed for another recipient than self.")
@click.option("--context", multiple=True, metavar="KEY=VALUE", help="Register keys, such as ethics=REC-7; repeatable.")
@click.option("--identifiable", type=click.Choice(ATTESTATIONS["identifiable"]), help=_ANSWER)
@click.option("--unusual-finding", type=click.Choice(["yes", "no"]), help=_ANSWER)
@click.option("--damage-or-distress", type=click.Choice(["yes", "no"]), help=_ANSWER)
@click.option(
    "--motivated-intruder-checked/--no-motivated-intruder-checked",
    default=None,
    help=_ANSWER,
)
@click.option("--encrypted", is_flag=True, help="Encrypt the package (AES-256).")
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File whose first line is the passphrase; implies --encrypted.",
)
@click.option("--label", help='Sending label "Job No - Image No - H&C No", for the purpose send-out alone.')
@click.option("--reports", is_flag=True, help="Release structured reports too, cleaned; left out by default (R32).")
@click.option(
    "--window",
    default="",
    metavar="CENTRE/WIDTH|N",
    help="Grey levels of png, jpeg and tiff, such as --window=-600/1500, or the number of one of an image's own "
    "windows; what each image offers first if not given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def export(**given: Any) -> None:
    """Ask for a study to be exported, wait for it, and write the package.

    Questions that an option does not answer are asked on the terminal; without one the most cautious answer is given.
    Exit codes: 0 done, 1 failed, 2 usage, 3 held back, to be asked for, or refused.
    """
    if not given["out"].absolute().parent.is_dir():
        raise click.UsageError(f"--out: the folder {given['out'].absolute().parent} does not exist")
    told = _Told(given["home"], given["out"], given["user"], as_json=given["as_json"])
    try:
        _export(given, told)
    except CannotAskError as error:
        told.end(FAILED, "failed", [str(error)])


class _Told:
    """Tells the outcome once, for people or as JSON."""

    def __init__(self, home: Path, out: Path, user: str | None, *, as_json: bool) -> None:
        self.as_json = as_json
        self._again = ["--home", str(home), "--out", str(out), *(["--user", user] if user else [])]

    def again(self, job: str) -> str:
        """Return the command that fetches the package later, whole, to be copied."""
        return shlex.join(["aoa", "fetch", "--job", job, *self._again])

    def end(self, code: int, outcome: str, reasons: list[str], **more: Any) -> NoReturn:
        """Print the outcome and leave with `code`."""
        if self.as_json:
            click.echo(json.dumps({"outcome": outcome, "reasons": reasons, **more}))
        else:
            click.echo(outcome.upper() if code else more.get("out", ""))
            for reason in reasons:
                click.echo(f"  - {reason}")
            if more.get("ask_url"):
                click.echo(f"  Ask here: {more['ask_url']}")
                click.echo("  That page has the words to say, the leaflet to give, and the ways to record the answer.")
        sys.exit(code)


def _export(given: dict[str, Any], told: _Told) -> NoReturn:
    asker = Asker(login(given["home"], given["user"]))
    body = _body(given, asker.study(given["study"]))
    answer = asker.ask(body)
    if answer.unanswered():
        body["attestations"].update(_answered(answer.unanswered()))
        answer = asker.ask(body)
    if answer.status != 202:
        _refused(answer, told)
    job = str(answer.body["job"])
    _awaited(asker, job, given["out"], told)


@click.command("fetch")
@click.option("--home", required=True, type=click.Path(file_okay=False, path_type=Path), help="The home that runs.")
@click.option("--job", required=True, help="The number that aoa export gave.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where to put the package.")
@click.option("--user", help="Who asked; the first clinician of the home if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def fetch(home: Path, job: str, out: Path, user: str | None, *, as_json: bool) -> None:
    """Fetch an export that was held when it was asked for, such as one that a second person had to approve."""
    told = _Told(home, out, user, as_json=as_json)
    try:
        _awaited(Asker(login(home, user)), job, out, told)
    except CannotAskError as error:
        told.end(FAILED, "failed", [str(error)])


def _awaited(asker: Asker, job: str, out: Path, told: _Told) -> NoReturn:
    """Wait until the job stands still, and write its package."""
    try:
        state = _watch(asker, job)
    except KeyboardInterrupt:
        told.end(FAILED, "running", [f"The export goes on without you. Fetch it with: {told.again(job)}"], job=job)
    if state["state"] != "ready":
        _not_ready(job, state, told)
    refused = asker.fetch(job, out)
    if refused and refused.status in (403, 410):
        gone = refused.status == 410 and not state.get("collectable", True)  # fetched before, or sent
        told.end(HELD, "gone" if gone else "recalled", refused.reasons(), job=job)
    if refused:  # the package is still there
        told.end(FAILED, "failed", [*refused.reasons(), f"Fetch it later with: {told.again(job)}"], job=job)
    _done(job, state, out, told)


def _body(given: dict[str, Any], study: str) -> dict[str, Any]:
    attestations = {name: given[name] for name in ATTESTATIONS if given[name] is not None}
    passphrase = _passphrase(given)
    return {
        "studies": [study],
        "purpose": given["purpose"],
        "recipient": given["recipient"],
        "format": given["form"],
        "reason": _reason(given),
        "attestations": attestations,
        "context": dict(_pair(text) for text in given["context"]),
        **({"label": given["label"]} if given["label"] is not None else {}),
        **({"reports": True} if given["reports"] else {}),
        **({"window": given["window"]} if given["window"] else {}),
        **({"encrypted": True, "passphrase": passphrase} if passphrase is not None else {}),
    }


def _reason(given: dict[str, Any]) -> str:
    """Return why, asked for on the terminal where the images go to somebody else (R57); without one that is told."""
    if given["reason"].strip() or given["recipient"] == OWN_USE:
        return str(given["reason"])
    if sys.stdin.isatty():
        return str(click.prompt("Why do these images go to that recipient?", err=True))
    _screen.print(f"Nobody can be asked here, so this is recorded as the reason: {NO_REASON}.")
    return NO_REASON


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--context: {text} is not KEY=VALUE")
    return name, {"true": True, "false": False}.get(value, value)


def _passphrase(given: dict[str, Any]) -> str | None:
    if given["passphrase_file"]:
        lines = given["passphrase_file"].read_text(encoding="utf-8").splitlines()
        return lines[0] if lines else ""
    if not given["encrypted"]:
        return None
    if not sys.stdin.isatty():
        raise click.UsageError("--encrypted: without a terminal the passphrase comes from --passphrase-file")
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True))


def _answered(questions: Mapping[str, str]) -> dict[str, Any]:
    """Ask the questions, or answer them most cautiously where nobody can be asked."""
    known = {name: text for name, text in questions.items() if name in ATTESTATIONS}
    if sys.stdin.isatty():
        return {name: _question(name, text) for name, text in known.items()}
    cautious = {name: MOST_CAUTIOUS[name] for name in known}
    words = ", ".join(f"{name.replace('_', '-')} = {str(value).lower()}" for name, value in cautious.items())
    _screen.print(f"Nobody can be asked here, so the most cautious answers are given: {words}.")
    return cautious


def _question(name: str, text: str) -> Any:
    if ATTESTATIONS[name] == (True, False):
        return click.confirm(text, default=False, err=True)
    return click.prompt(text, type=click.Choice(ATTESTATIONS[name]), err=True)


def _watch(asker: Asker, job: str) -> dict[str, Any]:
    """Follow the job with a bar; return where it came to stand."""
    state: dict[str, Any] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=_screen, transient=True) as progress:
        bar = progress.add_task("Preparing the export", total=1.0)
        for state in asker.states(job):  # the last one is what counts
            text = f"Waiting: {state['waiting_for']}" if state.get("waiting_for") else "Preparing the export"
            progress.update(bar, completed=state["progress"], description=text)
    return state


def _refused(answer: Answer, told: _Told) -> NoReturn:
    if answer.status == 403:
        outcome, job = str(answer.body.get("outcome", "deny")), answer.body.get("job")
        waits = [f"It goes on by itself when it is answered. Fetch it then with: {told.again(job)}"] if job else []
        more = {"job": job} if job else {}
        told.end(HELD, outcome, [*answer.reasons(), *waits], ask_url=answer.body.get("ask_url"), **more)
    told.end(USAGE if answer.status == 400 else FAILED, "failed", answer.reasons())


def _not_ready(job: str, state: dict[str, Any], told: _Told) -> NoReturn:
    reasons = [str(reason["text"]) for reason in state["reasons"]]
    code = FAILED if state["state"] == "failed" else HELD
    waits = state["released"] or state.get("question") or state.get("waiting_images")
    if state["state"] == "held" and waits:  # else it is held for good
        reasons.append(f"When that is done, fetch it with: {told.again(job)}")
    told.end(code, state["state"], reasons, job=job, state=state)


def _done(job: str, state: dict[str, Any], out: Path, told: _Told) -> NoReturn:
    counts = {name: state[name] for name in ("released", "excluded", "quarantined")}
    reasons = [f"{part['modality']} {part['kind']}: {part['status']}, {part['reason']}" for part in state["held_back"]]
    code = HELD if counts["quarantined"] else DONE
    waiting = [_LEFT_WAITING.format(count=state["waiting_images"])] if state.get("waiting_images") else []
    told.end(
        code,
        "held back in part" if code else "done",
        [*state.get("warnings", ()), *sorted(set(reasons)), *waiting],
        job=job,
        out=str(out),
        **counts,
    )


_LEFT_WAITING = (
    "Images that wait for a person: {count}. A clinician or medical illustration looks at them in the consent portal, "
    "under Images to look at; when that is done, begin a new export to get them"
)


commands: list[click.Command] = [export, fetch]
