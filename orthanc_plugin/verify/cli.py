"""`aoa verify`: read what any tool has written, and say what must not be there."""

import json
from pathlib import Path

import click

from orthanc_plugin.verify import report
from orthanc_plugin.verify.bench import bench
from orthanc_plugin.verify.folder import inspect_folder
from orthanc_plugin.verify.known import knownfile
from orthanc_plugin.verify.known.collect import known_in_file
from orthanc_plugin.verify.known.known import KnownIdentifiers
from orthanc_plugin.verify.silence import keep_silent

HELD_BACK = 3


@click.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--known", "known_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--originals", type=click.Path(exists=True, path_type=Path), help="Learn the identifiers from the originals."
)
@click.option("--ours", is_flag=True, help="The files are of this product: its markers must be there too.")
@click.option(
    "--report", "report_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the report as JSON."
)
def verify(folder: Path, known_file: Path | None, originals: Path | None, ours: bool, report_file: Path | None) -> None:
    """Read FOLDER (or one file), whichever tool wrote it, and say what must not leave.

    --known is a JSON or CSV file of the patients' names, numbers, birth dates, addresses, phones. Without it only what
    looks like an identifier is found. The report names places and rules, and never shows a value.

    Exit codes: 0 nothing must be held back, 1 the files or the list cannot be read, 3 something must not leave.
    """
    keep_silent()
    try:
        known = _known(known_file, originals)
        reports = list(inspect_folder(folder, known, marked=ours))
        if report_file is not None:
            report_file.write_text(json.dumps(report.as_json(reports), indent=2) + "\n", "utf-8")
    except knownfile.KnownFileError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:  # its text has the name of the file, and names of files name patients
        why = f"a file cannot be read or the report not written: {error.strerror}; check who may read the folder"
        raise click.ClickException(why) from None
    if not reports:
        raise click.ClickException("the folder is empty: there is nothing to verify. Check the path.")
    for line in report.as_text(reports):
        click.echo(line)
    if not all(each.may_leave for each in reports):
        raise SystemExit(HELD_BACK)


def _known(known_file: Path | None, originals: Path | None) -> KnownIdentifiers:
    listed = [knownfile.load(known_file)] if known_file is not None else []
    return KnownIdentifiers().merge(*listed, *(_learnt(originals) if originals is not None else []))


def _learnt(originals: Path) -> list[KnownIdentifiers]:
    """Return what each original under a folder knows; a file that is no DICOM knows nothing."""
    paths = [originals] if originals.is_file() else sorted(path for path in originals.rglob("*") if path.is_file())
    found, unread = [], 0
    for path in paths:
        try:
            found.append(known_in_file(path))
        except ValueError:
            unread += 1
    if unread:
        click.echo(
            f"{unread} of {len(paths)} originals are no DICOM that can be read: nothing was learnt from them.", err=True
        )
    return found


commands: list[click.Command] = [verify, bench]
