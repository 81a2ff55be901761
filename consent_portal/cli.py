"""Subcommands of `aoa` that the portal brings.

Loaded only when one of them is used: the ledger and its libraries take a second that `aoa --help` need not pay.
"""

from importlib import import_module

import click


class LazyGroup(click.Group):
    """A group whose subcommands are read from a module when they are first asked for.

    Parameters
    ----------
    name, help : str
        As for every group.
    module : str
        Where the real group of that name is.
    """

    def __init__(self, name: str, module: str, help: str) -> None:  # noqa: A002  (click's word)
        super().__init__(name, help=help)
        self._module = module

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the subcommands."""
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the subcommand of that name."""
        self._load()
        return super().get_command(ctx, cmd_name)

    def _load(self) -> None:
        group: click.Group = getattr(import_module(self._module), self.name or "")
        for name, command in group.commands.items():
            self.commands.setdefault(name, command)


commands: list[click.Command] = [
    LazyGroup(
        "consent",
        "consent_portal.console.consent",
        "Read and record consent, by the same rules as in the portal.",
    ),
    LazyGroup("audit", "consent_portal.console.audit", "Prove that the record is whole."),
    LazyGroup("register", "consent_portal.console.registers", "Keep the registers of recipients and approvals."),
    LazyGroup("user", "consent_portal.console.users", "Add the people who sign in."),
]
