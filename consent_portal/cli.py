"""Subcommands of `aoa` that the portal brings.

Loaded only when one of them is used: the ledger and its libraries take a second that `aoa --help` need not pay.
"""

from importlib import import_module
from pathlib import Path

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


@click.group("bench")
def bench() -> None:
    """Measure, each with its peer or limit in the same run."""


@bench.command("portal")
@click.option("--consents", type=click.IntRange(min=1), default=1_000_000, show_default=True, help="In the ledger.")
@click.option("--json", "path", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here, too.")
@click.option(
    "--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Where the ledger is made."
)
def bench_portal(consents: int, path: Path | None, folder: Path | None) -> None:
    """Decisions, pages, verifying and start with a million consents; exit 1 when a goal is missed."""
    run, figures = import_module("consent_portal.bench.run"), import_module("consent_portal.bench.figures")
    found = run.run(run.Size(consents), folder)
    if path is not None:
        figures.save(found, path)
    if not all(figure.is_met for figure in found):
        raise SystemExit(1)


commands: list[click.Command] = [
    bench,
    LazyGroup(
        "consent",
        "consent_portal.console.consent",
        "Read and record consent, by the same rules as in the portal.",
    ),
    LazyGroup("audit", "consent_portal.console.audit", "Prove that the record is whole."),
    LazyGroup("register", "consent_portal.console.registers", "Keep the registers of recipients and approvals."),
    LazyGroup("user", "consent_portal.console.users", "Add the people who sign in."),
]
