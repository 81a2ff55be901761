"""Subcommands of `aoa` that this part brings: deidentify, plan, key new."""

import os
import sys
from pathlib import Path

import click

from orthanc_plugin.deid.markers import ConsentBasis
from orthanc_plugin.deid.pixels.devices import RulesError, use_rules_of
from orthanc_plugin.deid.pseudonyms.keys import ReleaseKey
from orthanc_plugin.deid.rules.plan import plan_for
from orthanc_plugin.deid.rules.profile import Level, Profile, load_profile
from orthanc_plugin.files import report
from orthanc_plugin.files.batch import Result, Run, batch
from orthanc_plugin.files.sources import Source, sources
from orthanc_plugin.verify import keep_silent

HELD_BACK = 3
_LEVELS = click.Choice([str(level) for level in Level])


def _read_key(path: Path | None) -> ReleaseKey:
    if path is None:
        return ReleaseKey.random()
    try:
        return ReleaseKey.from_hex(path.read_text("ascii"))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise click.ClickException(f"the key file cannot be used: {why}") from None


def _target(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"the target folder cannot be made: {error.strerror}") from None


def _free(report_file: Path | None) -> None:
    """Refuse a report that could not be written, before any work is done."""
    if report_file is not None and report_file.exists() and report_file.stat().st_size:
        raise click.ClickException("the report file exists already; name another one, nothing is overwritten")
    if report_file is not None and not report_file.absolute().parent.is_dir():
        raise click.UsageError("--report: the folder of the report file does not exist")


def _take_rules(own_rules: Path | None) -> None:
    try:
        use_rules_of(own_rules)
    except RulesError as error:
        raise click.ClickException("\n".join(("--rules: the rules cannot be used:", *error.faults))) from None


def _write_report(report_file: Path, results: list[Result]) -> None:
    try:
        report.write(report_file, results)
    except OSError as error:
        why = f"the report cannot be written ({error.strerror}); the files in the target folder are whole"
        raise click.ClickException(why) from None


def _carry_out(run: Run, found: list[Source], workers: int) -> list[Result]:
    """Run with a progress bar on standard error."""
    quiet = not sys.stderr.isatty()
    with click.progressbar(length=len(found), label="De-identifying", file=sys.stderr, hidden=quiet) as bar:
        try:
            return list(batch(run, found, workers, bar.update))
        except OSError as error:
            why = f"the output cannot be written ({error.strerror}); what was finished stays in the target folder"
            raise click.ClickException(why) from None
        except Exception as error:  # noqa: BLE001  its text may quote a value, and a terminal is read by others
            why = f"the run ended by a fault of ours ({type(error).__name__}); what was finished stays in DST"
            raise click.ClickException(why) from None


def _apart(src: Path, dst: Path) -> None:
    """Refuse to put new files among the originals: somebody would send both."""
    if src.is_dir() and dst.is_dir() and dst.samefile(src):
        raise click.UsageError("DST is the folder of the originals; name another, so that nobody sends both")


@click.command()
@click.argument("src", type=click.Path(exists=True, path_type=Path))
@click.argument("dst", type=click.Path(file_okay=False, path_type=Path))
@click.option("--level", type=_LEVELS, required=True, help="What the images are for.")
@click.option(
    "--profile", "named", type=click.Choice(["limited"]), help="Key-coded (D2) instead of the level's profile."
)
@click.option(
    "--key-file", type=click.Path(dir_okay=False, path_type=Path), help="Repeatable UIDs and codes; see: aoa key new."
)
@click.option("--consent-recorded", is_flag=True, help="The patient's recorded consent to this use is the basis.")
@click.option(
    "--rules",
    "own_rules",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The site's own device rules, beside those built in; see: aoa rules try.",
)
@click.option("--workers", type=click.IntRange(1, 64), default=None, help="Processes; default: one for each core.")
@click.option(
    "--report", "report_file", type=click.Path(dir_okay=False, path_type=Path), help="Write a JSON report here."
)
def deidentify(  # noqa: PLR0913, PLR0917  one for each option
    src: Path,
    dst: Path,
    level: str,
    named: str | None,
    key_file: Path | None,
    consent_recorded: bool,
    own_rules: Path | None,
    workers: int | None,
    report_file: Path | None,
) -> None:
    """De-identify SRC (a file, a folder or a DICOMDIR) into the folder DST.

    Every output is verified by independent code before it is written; what fails or cannot be understood is not
    written. Files get new names; nothing is overwritten; symbolic links are not followed. Exit code 3: something was
    held back; --report names each file with its reason.
    """
    keep_silent()
    _free(report_file)
    _take_rules(own_rules)
    run = Run(dst, load_profile(named or level), _read_key(key_file), ConsentBasis() if consent_recorded else None)
    _apart(src, dst)
    _target(dst)
    try:
        found = sources(src)
    except OSError as error:
        raise click.ClickException(f"the source cannot be read: {error.strerror}") from None
    if not found:
        raise click.ClickException("there is no file in the source folder")
    results = _carry_out(run, found, min(workers or os.cpu_count() or 1, len(found)))
    if report_file is not None:
        _write_report(report_file, results)
    for line in report.in_words(results):
        click.echo(line)
    sys.exit(HELD_BACK if any(_held_back(result) for result in results) else 0)


def _held_back(result: Result) -> bool:
    return result.status != "released" and result.reason != "a directory of a medium, not an object"


@click.command()
@click.option("--level", type=_LEVELS, required=True, help="What the images are for.")
@click.option(
    "--profile", "named", type=click.Choice(["limited", "send-out"]), help="Another profile than the level's."
)
@click.option("--sop-class", default="", help="UID: say it for one kind of object, with its required attributes.")
def plan(level: str, named: str | None, sop_class: str) -> None:
    """Say in words what a profile does to each attribute."""
    for line in _described(load_profile(named or level), sop_class):
        click.echo(line)


def _described(profile: Profile, sop_class: str) -> list[str]:
    head = [f"{profile.code} {profile.name}: {profile.title}"]
    if profile.attributes == "iod" and not sop_class:
        head.append(
            "Only what the modules of the object's SOP class define stays; --sop-class UID says it for one kind."
        )
    return head + plan_for(profile, sop_class).describe()


@click.group()
def key() -> None:
    """Release keys, and the key holder's for limited access."""


@key.command("new")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def new_key(file: Path) -> None:
    """Make a release key in FILE (readable by you alone); an existing file is never overwritten."""
    _write_key(file, ReleaseKey.random().secret)
    click.echo(
        "A new release key was written. Whoever has it can recognise the release's UIDs and codes: keep it safe."
    )


@key.command("holder")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def new_holder(file: Path) -> None:
    """Make the pair of the key holder for limited access: FILE opens the mapping, FILE.pub goes to the engine."""
    from nacl.public import PrivateKey  # noqa: PLC0415  of use to this command alone

    private, public = PrivateKey.generate(), file.with_name(f"{file.name}.pub")
    if public.exists():
        raise click.ClickException(f"{public.name} exists already; name another file, nothing is overwritten")
    _write_key(file, bytes(private))
    _write_key(public, bytes(private.public_key))
    click.echo(
        f"Give {public.name} to the engine ([engine] mapping_key_file) and keep {file.name} where the engine cannot "
        "read it: whoever has it can go back from a code to the patient, and nobody can without it. Make a safe copy."
    )


def _write_key(file: Path, secret: bytes) -> None:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise click.ClickException(f"the key file cannot be made: {error.strerror}; nothing is overwritten") from None
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(secret.hex() + "\n")


@click.group()
def bench() -> None:
    """Benchmarks, each with its peer or limit in the same run, as ratios."""


@bench.command("deid")
@click.option("--objects", type=click.IntRange(20, 5000), default=400, show_default=True, help="CT slices of 0.5 MB.")
@click.option("--big-gb", type=click.FloatRange(0, 8), default=2.0, show_default=True, help="Size of the large object.")
def bench_deid(objects: int, big_gb: float) -> None:
    """De-identification beside copying, dicom-anonymizer and dicognito."""
    from orthanc_plugin.files.bench.speed import run  # noqa: PLC0415  the peers are not installed with the product

    for line in run(objects, round(big_gb * 1e9)):
        click.echo(line)


commands: list[click.Command] = [deidentify, plan, key, bench]
