"""Subcommands of `aoa` that this part brings. What sets pages is loaded only when a notice is asked for."""

from importlib import import_module

import click

_COMMANDS = {
    "render": "render_command",
    "check": "check_command",
    "merge": "merge_command",
    "languages": "languages_command",
}


class _Lazy(click.Group):
    """A group whose commands live in :mod:`notices.commands`, which is slow to load."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        """Return the names of the commands."""
        return [*_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        """Return a command, loading it first."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module("notices.commands"), _COMMANDS[cmd_name])
        return command


@click.group("notice", cls=_Lazy)
def notice() -> None:
    """Make and check notices, posters and inserts for patients."""


@click.group("bench")
def bench() -> None:
    """Measure, each with its peer or limit in the same run."""


@bench.command("notices")
def bench_notices() -> None:
    """Letter run of 1,000 inserts and one poster; exit 1 when a limit is passed."""
    if not import_module("notices.bench").run():
        raise SystemExit(1)


commands: list[click.Command] = [notice, bench]
