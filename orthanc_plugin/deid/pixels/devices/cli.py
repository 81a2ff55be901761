"""`aoa rules try`: what device rules would do to one picture, before anybody relies on them."""

import logging
import os
import warnings
from io import BytesIO
from pathlib import Path

import click
from PIL import Image
from pydicom import Dataset, dcmread

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.devices.outlines import outlined
from orthanc_plugin.deid.pixels.devices.places import covered, of_rule
from orthanc_plugin.deid.pixels.devices.reading import RulesError, load_rules
from orthanc_plugin.deid.pixels.devices.register import Register
from orthanc_plugin.deid.pixels.devices.rules import DeviceFacts, DeviceRule, Does, matching
from orthanc_plugin.deid.pixels.devices.ticket import ticket
from orthanc_plugin.rendering import UnrenderableError, faults_of, pictures, square

_SHOWN = ("Manufacturer", "ManufacturerModelName", "SoftwareVersions", "Modality", "ImageType", "SOPClassUID")
_LONGEST = 64
REGISTER = Path("engine/burned-in.sqlite")
"""Where a home keeps the list of such devices: beside the engine's packages."""


@click.group()
def rules() -> None:
    """Device rules: where devices are known to write into pictures."""


@rules.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--rules",
    "own",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The site's own rules, beside those built in.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the first frame with outlines as PNG."
)
def try_rules(file: Path, own: Path | None, out: Path | None) -> None:
    """Say which device rules match FILE and what they would blank; nothing is changed.

    With --out the first frame as a picture: what goes is outlined in red, what is searched harder in yellow. That
    picture is the original: treat it as the patient's. Exit code 1: FILE or the rules cannot be used.
    """
    _keep_silent()
    try:
        known = load_rules(own)
    except RulesError as error:
        raise click.ClickException("\n".join(("the rules cannot be used:", *error.faults))) from None
    dataset = _read(file)
    try:
        found = [(rule, of_rule(rule, dataset)) for rule in matching(known, DeviceFacts.of(dataset))]
    except UnrenderableError as error:
        raise click.ClickException(f"FILE does not tell which device it is of: {error}") from None
    for line in _described(dataset, found, len(known)):
        click.echo(line)
    if out is not None:
        _write(out, _picture(dataset, found))
        click.echo("The picture was written. It shows the original pixels: treat it as the patient's image.")


@rules.command("ticket")
@click.option(
    "--home", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path), help="The home of aoa up."
)
def write_ticket(home: Path) -> None:
    """Print the ticket to the modality lead: which devices write into their pictures, and what is asked of them (R23).

    Counted are the images that left with writing covered. The ticket holds no patient's data.
    """
    text = ticket(Register(home / REGISTER).devices())
    click.echo(text or "No writing was covered in any image that left: there is nothing to ask the modality lead for.")


def _keep_silent() -> None:
    """Silence pydicom for this process: its warnings quote values of the object."""
    warnings.simplefilter("ignore")
    logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)


def _read(file: Path) -> Dataset:
    try:
        with faults_of("FILE"):
            return dcmread(file)
    except UnrenderableError as error:
        raise click.ClickException(f"{error}; it has to be a DICOM file") from None


def _described(dataset: Dataset, found: list[tuple[DeviceRule, tuple[Area, ...]]], known: int) -> list[str]:
    facts = DeviceFacts.of(dataset)
    lines = [f"{facts.columns} x {facts.rows} pixels"]
    lines += [f"{keyword}: {_said(dataset, keyword)}" for keyword in _SHOWN]
    lines.append(f"{len(found)} of {known} rules match.")
    for rule, areas in found:
        lines += ["", f"{rule.name} ({_does(rule)})", f"  origin: {rule.origin}"]
        lines += [f"  {_worded(area, facts)}" for area in areas] or ["  nothing: this object does not tell the place"]
    goes = [area for rule, areas in found if rule.does == Does.BLANK for area in areas]
    lines += ["", f"{_share(goes, facts)} of each frame would go." if goes else "Nothing would go."]
    return lines


def _does(rule: DeviceRule) -> str:
    return "goes" if rule.does == Does.BLANK else "is searched harder"


def _said(dataset: Dataset, keyword: str) -> str:
    """Return a value on one line and without what a terminal would act on."""
    held = dataset.get(keyword) or "(none)"
    value = held if isinstance(held, str) else " \\ ".join(map(str, held))
    return "".join(letter if letter.isprintable() else " " for letter in value)[:_LONGEST]


def _worded(area: Area, facts: DeviceFacts) -> str:
    ends = f"left {area.left}, top {area.top}, right {area.right}, bottom {area.bottom}"
    return f"{ends}: {area.right - area.left} x {area.bottom - area.top} pixels, {_share([area], facts)}"


def _share(areas: list[Area], facts: DeviceFacts) -> str:
    return f"{100 * covered(areas, facts.columns, facts.rows) / max(facts.columns * facts.rows, 1):.1f} %"


def _picture(dataset: Dataset, found: list[tuple[DeviceRule, tuple[Area, ...]]]) -> bytes:
    try:
        picture = next(pictures(dataset))
        by_deed = {does: tuple(area for rule, areas in found if rule.does == does for area in areas) for does in Does}
        drawn = square(outlined(picture, by_deed[Does.BLANK], by_deed[Does.SEARCH]), dataset)
    except UnrenderableError as error:
        raise click.ClickException(f"no picture can be made of FILE: {error}") from None
    out = BytesIO()
    Image.fromarray(drawn).save(out, "PNG")
    return out.getvalue()


def _write(out: Path, picture: bytes) -> None:
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise click.ClickException(f"the picture cannot be made: {error.strerror}; nothing is overwritten") from None
    with os.fdopen(handle, "wb") as file:
        file.write(picture)


commands: list[click.Command] = [rules]
