"""`python -m consent_portal`: serve; `... migrate`; `... users --file users.json`."""

import json
import logging
import sys
from pathlib import Path

import click
import structlog
from waitress.server import create_server  # type: ignore[import-untyped]

from consent_portal.database import Database
from consent_portal.migrations.run import migrate, newest, present
from consent_portal.services import consent as commands
from consent_portal.settings import Settings, SettingsFaults

THREADS = 16
"""Some may wait for the press while others answer the engine."""
log = structlog.get_logger()


def configure_logging() -> None:
    """Log JSON lines to standard error: events and kinds, never an identifier."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


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
    configure_logging()
    if context.invoked_subcommand is None:
        serve(_settings())


def serve(settings: Settings) -> None:
    """Serve until interrupted; refuses to start on a database that was not migrated."""
    from consent_portal.app import create_app, parts  # noqa: PLC0415  (migrating needs none of the pages)

    app = create_app(settings)
    if present(parts(app).database) != newest():
        click.echo("The database does not have the newest shape. Run: python -m consent_portal migrate", err=True)
        raise SystemExit(1)
    with parts(app).database.writing() as session:
        commands.note_expired(session)
    try:
        server = create_server(
            app,
            host=settings.portal.host,
            port=settings.portal.port,
            threads=THREADS,
            ident="",
            clear_untrusted_proxy_headers=True,
        )
    except OSError as error:
        click.echo(f"[portal] port {settings.portal.port} cannot be used: {error.strerror}. Choose another.", err=True)
        raise SystemExit(1) from None
    log.info("portal serving", host=settings.portal.host, port=settings.portal.port)
    server.run()


@main.command("serve")
def serve_command() -> None:
    """Serve until interrupted; the same as without a subcommand."""
    serve(_settings())


@main.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest shape; makes it when there is none."""
    database = Database(_settings().portal.database_url)
    click.echo(f"The database has reached step {migrate(database)}.")
    database.close()


@main.command("users")
@click.option("--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
def users_command(path: Path) -> None:
    """Open an account for each person in a file like secrets/users.json who never had one; may be run again."""
    from consent_portal.app import create_app, parts  # noqa: PLC0415  (as above)
    from consent_portal.console.home import actor  # noqa: PLC0415
    from consent_portal.services.users import listed  # noqa: PLC0415

    app = create_app(_settings())
    with app.app_context():
        opened = listed.apply(parts().database, json.loads(path.read_text(encoding="utf-8")), actor())
    path.with_suffix(".applied").unlink(missing_ok=True)  # earlier versions noted there what they had applied
    click.echo(f"{opened} accounts opened.")


if __name__ == "__main__":
    main()
