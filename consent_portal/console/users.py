"""`aoa user add`: a person who signs in at Orthanc and at the portal under the same name."""

import json
import os
import secrets
from pathlib import Path

import click

from consent_portal.console.home import home_option, json_option, opened, say

ROLES = ("clinician", "medical-illustration", "department-admin", "caldicott-guardian", "trainer", "administrator")
"""The same as `consent_portal.accounts.ROLES`, here so that `aoa --help` need not load the pages."""


@click.group()
def user() -> None:
    """People who sign in."""


@user.command()
@home_option
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@json_option
def add(home: Path, name: str, role: str, *, as_json: bool) -> None:
    """Add a person, or give one a new password and role. The password is shown once."""
    if not name.replace("-", "").replace(".", "").isalnum() or name.startswith("aoa-"):
        raise click.UsageError("A user name has letters, digits, dots and hyphens, and does not begin with 'aoa-'.")
    password = secrets.token_urlsafe(15)
    with opened(home) as place:
        listed = _listed(place.path)
        listed[name] = {"password": password, "role": role}
        from consent_portal.app import create_app, parts  # noqa: PLC0415  (heavy, and only needed here)
        from consent_portal.services import users  # noqa: PLC0415

        app = create_app(place.settings)
        with app.app_context():
            users.apply(parts().database, {name: listed[name]})
        _save(place.path, listed)
    told = "Orthanc reads its users when it starts: stop `aoa up` and start it again before this person signs in there."
    lines = [f"User {name} ({role}) may sign in at the portal now. Password: {password}", told]
    say({"user": name, "role": role, "password": password, "restart": told}, as_json=as_json, lines=lines)


def _file(home: Path) -> Path:
    return home / "secrets" / "users.json"


def _listed(home: Path) -> dict[str, dict[str, str]]:
    path = _file(home)
    found: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def _save(home: Path, listed: dict[str, dict[str, str]]) -> None:
    path = _file(home)
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(listed, file, indent=2)
    fresh.replace(path)
