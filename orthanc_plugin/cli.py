"""The `aoa` command: gathers the subcommands that each part registers.

The parts never import each other, so this file finds them by their entry points (group ``aoa.commands``).
Each entry point is a list of click commands or groups. Groups of the same name are merged.
"""

import tomllib
from importlib.metadata import entry_points
from importlib.resources import files

import click

BRINGS: dict[str, list[str]] = tomllib.loads((files("orthanc_plugin") / "commands.toml").read_text(encoding="utf-8"))
"""The names of the commands that each part brings."""


def _add(parent: click.Group, command: click.Command) -> None:
    """Add `command` to `parent`, merging it into a group of the same name that another part brought."""
    present = parent.commands.get(command.name or "")
    if isinstance(present, click.Group) and isinstance(command, click.Group):
        if command.invoke_without_command and not present.invoke_without_command:  # whichever part was loaded first
            present.callback, present.params, present.help = command.callback, command.params, command.help
            present.invoke_without_command, present.no_args_is_help = True, False
        for child in command.commands.values():
            _add(present, child)
    else:
        parent.add_command(command)


class _Commands(click.Group):
    """Loads a part when one of its commands is asked for: `aoa deidentify` needs neither a portal nor an engine."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands of all parts."""
        self._load(wanted=None)
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; of a group, with what every part adds to it."""
        self._load(wanted=cmd_name)
        return super().get_command(ctx, cmd_name)

    def _load(self, *, wanted: str | None) -> None:
        """Load the parts that bring the command of that name, and those that are not known; for None all of them."""
        for entry in sorted(entry_points(group="aoa.commands"), key=lambda point: point.name):
            if wanted is not None and wanted not in BRINGS.get(entry.name, [wanted]):
                continue
            for command in entry.load():
                if self.commands.get(command.name or "") is not command:
                    _add(self, command)


def build() -> click.Group:
    """Return the whole command line.

    Returns
    -------
    click.Group
        With one subcommand for each that a part registers.
    """

    @click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
    @click.version_option(package_name="anonymise-or-ask", prog_name="aoa")
    def aoa() -> None:
        """Anonymise or Ask: clinical images leave Orthanc only as far as the patient agreed.

        Exit codes: 0 done, 1 failed, 2 usage, 3 done but something was held back.
        """

    return aoa


def main() -> None:
    """Run the command line."""
    build()()
