"""`aoa user`: people who sign in at Orthanc and at the portal under the same name."""

import json
import os
import secrets
from pathlib import Path

import click

from consent_portal.console.home import Home, actor, home_option, json_option, opened, say
from consent_portal.roles import ROLES


@click.group()
def user() -> None:
    """People who sign in."""


@user.command()
@home_option
@click.argument("name")
@click.option("--role", type=click.Choice(tuple(ROLES)), required=True)
@click.option(
    "--department",
    "departments",
    multiple=True,
    metavar="KEY",
    help="One of [departments] in aoa.toml; once for each. Without it the departments stay as they are.",
)
@json_option
def add(home: Path, name: str, role: str, departments: tuple[str, ...], *, as_json: bool) -> None:
    """Add a person, or give one a new password and role and open the account again. The password is shown once."""
    if not name.replace("-", "").replace(".", "").isalnum() or name.startswith("aoa-"):
        raise click.UsageError("A user name has letters, digits, dots and hyphens, and does not begin with 'aoa-'.")
    password = secrets.token_urlsafe(15)
    with opened(home) as place:
        _check(place, departments)
        _give(place, name, role, departments, password)
        _save(place.path, {**_listed(place.path), name: {"password": password, "role": role}})
    lines = [f"User {name} ({role}) may sign in at the portal and at Orthanc now. Password: {password}"]
    say({"user": name, "role": role, "password": password}, as_json=as_json, lines=lines)


@user.command()
@home_option
@click.argument("name")
@json_option
def reset_second_factor(home: Path, name: str, *, as_json: bool) -> None:
    """Take the second factor of somebody who lost it away, and sign the person out everywhere."""
    from consent_portal.services.users import acts, second_factor  # noqa: PLC0415  (heavy, and only needed here)

    with opened(home) as place, place.database.writing() as session:
        person = acts.named(session, name)
        if person is None:
            raise click.ClickException("There is no account of that name. `Users` at the portal lists them.")
        was = second_factor.reset(session, person, actor())
    told = "is taken away, and every session of the account is over" if was else "was not set up; nothing is changed"
    say({"user": name, "reset": was}, as_json=as_json, lines=[f"The second factor of {name} {told}."])


def _check(place: Home, departments: tuple[str, ...]) -> None:
    known = place.settings.departments
    for key in departments:
        if key not in known:
            listed = ", ".join(known) or "none: there is no [departments] section"
            raise click.UsageError(f"{key!r} is no department of aoa.toml; its departments are {listed}.")


def _give(place: Home, name: str, role: str, departments: tuple[str, ...], password: str) -> None:
    """Open the account, or give it this role and password; each change is an event of the ledger."""
    from consent_portal.app import create_app  # noqa: PLC0415  (heavy, and only needed here)
    from consent_portal.services.users import acts  # noqa: PLC0415

    with create_app(place.settings).app_context(), place.database.writing() as session:
        user = acts.named(session, name)
        if user is None:
            made = acts.open_account(session, name, role, password, actor())
            acts.change_departments(session, made, departments, actor())
            return
        acts.change_role(session, user, role, actor())
        if departments:
            acts.change_departments(session, user, departments, actor())
        acts.set_password(session, user, password, actor())
        acts.set_active(session, user, actor(), active=True)


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
