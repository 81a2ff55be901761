"""Subcommands of `aoa` that this part brings."""

import os
from dataclasses import replace
from pathlib import Path

import click

from orthanc_plugin.stack import settings_file
from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.interrupt import StopRequested
from orthanc_plugin.stack.lock import alone
from orthanc_plugin.stack.ports import of_environment as ports_of
from orthanc_plugin.stack.prepare import equip, prepare
from orthanc_plugin.stack.ready import remove_stale
from orthanc_plugin.stack.screen import Screen
from orthanc_plugin.stack.up import Wish, up

_PORT = click.IntRange(1, 65535)
_HOME = click.option(
    "--home",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the installation; made if missing.",
)


@click.command("up")
@_HOME
@click.option("--demo", is_flag=True, help="Bring sample studies, their consents and a login for each role.")
@click.option("--orthanc-port", type=_PORT, help="Orthanc's HTTP port. [default: what the home says; 8042]")
@click.option("--dicom-port", type=_PORT, help="Orthanc's DICOM port. [default: what the home says; 4242]")
@click.option("--portal-port", type=_PORT, help="The portal's port. [default: what the home says; 8080]")
def up_command(
    home: Path, demo: bool, orthanc_port: int | None, dicom_port: int | None, portal_port: int | None
) -> None:
    """Run Orthanc with the gate, the engine and the portal until Ctrl-C.

    All of it lives in the home: settings, passwords, images, ledger, logs. Once every part answers, ready.json in it
    says where.
    """
    wish = Wish(demo=demo, orthanc_port=orthanc_port, dicom_port=dicom_port, portal_port=portal_port)
    try:
        up(Home.at(home), wish, Screen())
    except StackError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(_unusable(home, error)) from error
    except StopRequested:
        raise click.ClickException("Stopped before everything answered.") from None


def _unusable(home: Path, error: OSError) -> str:
    what = f" ({error.filename})" if error.filename else ""
    return f"{home} cannot be used: {error.strerror}{what}. Make room there or mend its permissions, and start again."


@click.group("stack")
def stack() -> None:
    """What `aoa up` does by itself, for containers and service managers."""


@stack.command("prepare")
@_HOME
@click.option("--demo", is_flag=True, help="Make a login for each role.")
def prepare_command(home: Path, demo: bool) -> None:
    """Make or update a home without starting anything.

    Folders, secrets, settings, Orthanc's configuration and the portal's database, the same as `aoa up` makes them.
    """
    try:
        whole = Home.at(home)
        whole.make_folders()
        with alone(whole):
            settings_file.ensure(whole.settings)
            remove_stale(whole.ready)
            users, settings = equip(whole, demo=demo)
            ports = replace(settings_file.read_ports(whole.settings), **ports_of(os.environ))
            settings_file.set_ports(whole.settings, ports)
            prepare(whole, ports, settings, users, Screen())
    except StackError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(_unusable(home, error)) from error
    click.echo(f"{whole.folder} is ready. Logins: {whole.users}")


@stack.command("samples")
@click.argument("key", required=False)
def samples_command(key: str | None) -> None:
    """List the sample studies, or print the Study Instance UID of the one called KEY."""
    from orthanc_plugin.stack.samples import studies  # noqa: PLC0415 -- brings pydicom, which `aoa up` can do without

    known = {study.key: study for study in studies("Sample")}
    if key is None:
        for study in known.values():
            click.echo(f"{study.key:<20}{study.description:<24}{study.uid}")
    elif key in known:
        click.echo(known[key].uid)
    else:
        raise click.UsageError(f"There is no sample study {key}. There are: {', '.join(known)}.")


commands: list[click.Command] = [up_command, stack]
