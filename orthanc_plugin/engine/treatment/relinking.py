"""``aoa relink``: from a code back to the patient, for the key holder, with a reason that is written down (R7)."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from orthanc_plugin.deid.pseudonyms import relink as mapping
from orthanc_plugin.engine.errors import SettingsError
from orthanc_plugin.engine.settings import database_of
from orthanc_plugin.engine.treatment.coding import mapping_url


@click.group("relink")
def relink() -> None:
    """Limited access: from a code back to the patient, and who did that so far."""


_home = click.option(
    "--home", type=click.Path(exists=True, file_okay=False, path_type=Path), help="The home whose mapping it is."
)
_copy = click.option(
    "--mapping",
    "copy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A copy of the mapping instead, such as the key holder keeps.",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


@relink.command("open")
@_home
@_copy
@click.option("--code", required=True, help="As it stands in the released objects (Patient ID).")
@click.option(
    "--key-file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The key holder's private key; `aoa key holder` made it.",
)
@click.option("--who", required=True, help="Who asks; written down.")
@click.option("--reason", required=True, help="Why; written down before anything is opened.")
@_as_json
def opened(**given: Any) -> None:
    """Say whom a code stands for."""
    database = _database(given["home"], given["copy"])
    try:
        key = bytes.fromhex(given["key_file"].read_text("ascii").strip())
        who, reason = given["who"], given["reason"]
        found = mapping.relink(database, given["code"].strip(), private_key=key, who=who, reason=reason)
    except (OSError, ValueError, TypeError):
        raise click.ClickException("the key file does not hold a private key of 64 hexadecimal characters") from None
    except (mapping.RelinkError, SQLAlchemyError) as error:
        raise click.ClickException(_told(error)) from None
    if given["as_json"]:
        click.echo(json.dumps({"patient_id": found.patient_id, "issuer": found.issuer, "identity": found.identity}))
        return
    click.echo(f"{found.patient_id}  {found.issuer}  {found.identity}".rstrip())


@relink.command("log")
@_home
@_copy
@_as_json
def log(home: Path | None, copy: Path | None, *, as_json: bool) -> None:
    """List who looked a code up, when and why, the oldest first."""
    try:
        lines = mapping.log(_database(home, copy))
    except SQLAlchemyError as error:
        raise click.ClickException(_told(error)) from None
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines]))
        return
    for line in lines:
        click.echo(f"{line.at}  {line.who}  {line.code}  {line.reason}")


def _told(error: Exception) -> str:
    """Return what to say; a database's own text may quote what was asked for."""
    if isinstance(error, mapping.RelinkError):
        return str(error)
    return f"the mapping cannot be opened ({type(error).__name__}); is it there, and may you write its log?"


def _database(home: Path | None, copy: Path | None) -> Path | str:
    if (home is None) == (copy is None):
        raise click.UsageError("name either --home or --mapping")
    if copy is not None:
        return copy
    assert home is not None  # noqa: S101  one of the two is given
    try:
        return mapping_url(database_of(home))
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


commands: list[click.Command] = [relink]
