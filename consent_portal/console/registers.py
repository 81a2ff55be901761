"""`aoa register list|save`: recipients, and what the `context` of a request refers to."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from consent_portal.console.home import actor, home_option, json_option, opened, say
from consent_portal.registers import approvals, recipients
from consent_portal.registers.recipients import Recipient

RECIPIENT = TypeAdapter(Recipient)


class EntryInFile(BaseModel):
    """An entry of `FILE`; a field that it does not have is refused by name."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    key: str
    title: str
    details: dict[str, Any] = Field(default_factory=dict)
    valid_from: date | None = None
    valid_to: date | None = None
    closed: bool = False

    def entry(self) -> approvals.Entry:
        """Return it as the register keeps it.

        Raises
        ------
        ValueError
            For an unknown kind, or details that do not fit.
        """
        details = approvals.read_details(self.kind, json.dumps(self.details))
        return approvals.Entry(self.key, self.title, details, self.valid_from, self.valid_to, self.closed)


class Register(BaseModel):
    """What `FILE` may hold."""

    model_config = ConfigDict(extra="forbid")

    recipients: tuple[Recipient, ...] = ()
    entries: tuple[EntryInFile, ...] = ()


@click.group()
def register() -> None:
    """Keep the registers of recipients, ethics decisions, projects, undertakings, approvals, publications and texts."""


@register.command("list")
@home_option
@json_option
def list_command(home: Path, *, as_json: bool) -> None:
    """List everything that is registered."""
    with opened(home) as place, place.database.reading() as session:
        places, entries = recipients.every(session), approvals.every(session)
    answer = {
        "recipients": [RECIPIENT.dump_python(one, mode="json") for one in places],
        "entries": [_shown(one) for one in entries],
    }
    lines = [f"{one.key:20} recipient: {one.name}" for one in places]
    lines += [f"{one.key:20} {one.details.kind}: {one.title}" for one in entries]
    say(answer, as_json=as_json, lines=lines or ["Nothing is registered."])


@register.command()
@home_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def save(home: Path, file: Path, *, as_json: bool) -> None:
    """Enter or correct what FILE holds, all or nothing.

    FILE is JSON: {"recipients": [{"key", "name", "kind", ...}], "entries": [{"kind", "key", "title", "details", ...}]}.
    """
    try:
        found = Register.model_validate_json(file.read_bytes())
        with opened(home) as place, place.database.writing() as session:
            saved = [recipients.save(session, one, actor()).key for one in found.recipients]
            saved += [approvals.save(session, one.entry(), actor()).key for one in found.entries]
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise click.ClickException(f"Nothing was saved: {told}") from None
    except ValueError as error:
        raise click.ClickException(f"Nothing was saved: {error}") from None
    say({"saved": saved}, as_json=as_json, lines=[f"Saved: {', '.join(saved) or 'nothing'}"])


def _shown(entry: approvals.Entry) -> dict[str, Any]:
    return {
        "kind": entry.details.kind,
        "key": entry.key,
        "title": entry.title,
        "details": entry.details.model_dump(mode="json"),
        "valid_from": entry.valid_from.isoformat() if entry.valid_from else None,
        "valid_to": entry.valid_to.isoformat() if entry.valid_to else None,
        "closed": entry.closed,
    }
