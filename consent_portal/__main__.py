"""`python -m consent_portal`: serve; `... prepare --users users.json`; `... migrate`; `... users --file users.json`.

Each command loads what it needs by itself: the pages take two seconds, and checking the settings is done in a third.
"""

import gc
import json
import signal
from functools import partial
from pathlib import Path
from typing import NoReturn

import click
import structlog

from consent_portal import logs
from consent_portal.settings import Settings, SettingsFaults

THREADS = 16
"""Some may wait for the press while others answer the engine."""
_USERS = partial(click.option, type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
log = structlog.get_logger()


def _settings() -> Settings:
    try:
        return Settings.load()
    except SettingsFaults as faults:
        click.echo(str(faults), err=True)
        raise SystemExit(1) from None


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Serve the portal; AOA_SETTINGS names its settings."""
    logs.configure()
    if context.invoked_subcommand is None:
        serve(_settings())


def serve(settings: Settings) -> None:
    """Serve until interrupted; refuses to start on a database that was not migrated."""
    from waitress.server import create_server  # type: ignore[import-untyped]  # noqa: PLC0415  (as above)

    from consent_portal import daily  # noqa: PLC0415
    from consent_portal.app import create_app, parts  # noqa: PLC0415
    from consent_portal.checkpoints import Checkpoints  # noqa: PLC0415
    from consent_portal.migrations.run import newest, present  # noqa: PLC0415
    from consent_portal.review.forgetting import forget  # noqa: PLC0415
    from consent_portal.services.upkeep import Upkeep  # noqa: PLC0415
    from consent_portal.web.frame import templating  # noqa: PLC0415

    app = create_app(settings)
    missing = parts(app).continuity.gap()
    if missing:
        log.error("ledger closed", reason=missing)
    elif present(parts(app).database) != newest():
        click.echo("The database does not have the newest shape. Run: python -m consent_portal migrate", err=True)
        raise SystemExit(1)
    try:
        server = create_server(
            app,
            host=settings.portal.host,
            port=settings.portal.port,
            threads=THREADS,
            ident="",
            clear_untrusted_proxy_headers=False,  # `consent_portal.web.frame.proxies` takes them off
        )
    except OSError as error:
        click.echo(f"[portal] port {settings.portal.port} cannot be used: {error.strerror}. Choose another.", err=True)
        raise SystemExit(1) from None
    templating.make_ready(app)
    daily.start(parts(app).database, settings.portal.recall_days)
    log.info("portal serving", host=settings.portal.host, port=settings.portal.port)
    upkeep = Upkeep(parts(app).continuity, settings.portal.anchor_copy, parts(app).orthanc, forget)
    upkeep.start()
    checkpoints = Checkpoints(parts(app).database)
    checkpoints.start()
    signal.signal(signal.SIGTERM, _end)
    gc.collect()
    gc.freeze()  # what is loaded stays: to collect garbage among it would hold up a page now and then
    try:
        server.run()
    finally:
        upkeep.stop()
        checkpoints.stop()


def _end(_number: int, _frame: object) -> NoReturn:
    """End in order: what is asked now is answered, and how far the ledger came is written elsewhere."""
    raise SystemExit(0)


@main.command("serve")
def serve_command() -> None:
    """Serve until interrupted; the same as without a subcommand."""
    serve(_settings())


@main.command("settings")
def settings_command() -> None:
    """Check the settings: print every fault, one a line, and exit 1 where there is one."""
    _settings()


@main.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest shape; makes it for a new home only, and exits 3 where the ledger is another."""
    _migrate(_settings())


@main.command("users")
@_USERS("--file", "path")
def users_command(path: Path) -> None:
    """Open an account for each person in a file like secrets/users.json who never had one; may be run again."""
    _open_accounts(_settings(), path)


@main.command("prepare")
@_USERS("--users", "path")
def prepare_command(path: Path) -> None:
    """Do what migrate and users do, in one start; exits 3 where the ledger is another."""
    settings = _settings()
    _migrate(settings)
    _open_accounts(settings, path)


def _migrate(settings: Settings) -> None:
    from consent_portal.database import Database  # noqa: PLC0415  (as above)
    from consent_portal.ledger.continuity import LedgerClosed  # noqa: PLC0415
    from consent_portal.services import opening  # noqa: PLC0415

    database = Database(settings.portal.database_url)
    try:
        click.echo(f"The database has reached step {opening.prepare(opening.continuity_of(settings, database))}.")
    except LedgerClosed as closed:
        _held_back(str(closed))
    finally:
        database.close()


def _open_accounts(settings: Settings, path: Path) -> None:
    from consent_portal.app import create_app, parts  # noqa: PLC0415  (as above)
    from consent_portal.console.home import actor  # noqa: PLC0415
    from consent_portal.services.users import listed  # noqa: PLC0415

    app = create_app(settings)
    missing = parts(app).continuity.gap()
    if missing:
        _held_back(missing)
    with app.app_context():
        opened = listed.apply(parts().database, json.loads(path.read_text(encoding="utf-8")), actor())
    path.with_suffix(".applied").unlink(missing_ok=True)  # earlier versions noted there what they had applied
    click.echo(f"{opened} accounts opened.")


def _held_back(missing: str) -> NoReturn:
    """Say what is missing; care goes on, so this is no failure of the start."""
    click.echo(missing, err=True)
    raise SystemExit(3)


if __name__ == "__main__":
    main()
