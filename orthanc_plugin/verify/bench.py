"""`aoa bench leaks`: ours beside other tools, over the planted corpus of the checkout."""

import subprocess
import sys
from pathlib import Path
from typing import cast

import click

import orthanc_plugin

SCRIPT = Path("tests", "privacy", "bench_leaks.py")


@click.group(invoke_without_command=True)
@click.pass_context
def bench(ctx: click.Context) -> None:
    """Run the benchmarks, each with its peer or limit in the same run; all of them when none is named."""
    if ctx.invoked_subcommand is None:
        group = cast(click.Group, ctx.command)
        failed = [name for name in group.list_commands(ctx) if not _went_well(ctx, group.commands[name])]
        if failed:
            raise click.ClickException(f"these did not go well: {', '.join(failed)}")


def _went_well(ctx: click.Context, command: click.Command) -> bool:
    """Run one benchmark; one that fails does not keep the others from running."""
    click.echo(f"== {command.name}")
    try:
        ctx.invoke(command)
    except click.ClickException as error:
        error.show()
        return False
    except SystemExit as ended:
        return not ended.code
    return True


@bench.command()
@click.option("--tool", "tools", multiple=True, help="Only this tool; may be given again.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def leaks(tools: tuple[str, ...], as_json: bool) -> None:
    """Leaks and over-removals of ours, dicom-anonymizer, dicognito, gdcmanon and Orthanc's /anonymize.

    Tools that are not installed are left out and named; `make bench` installs them. Exit code 1 when ours leaks, loses
    or breaks anything.
    """
    checkout = Path(orthanc_plugin.__file__).parents[1]
    if not (checkout / SCRIPT).exists():
        raise click.ClickException(
            f"the planted corpus is part of the source, not of an installation: {SCRIPT} is missing here."
        )
    options = [option for tool in tools for option in ("--tool", tool)] + (["--json"] if as_json else [])
    done = subprocess.run([sys.executable, checkout / SCRIPT, *options], cwd=checkout, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
