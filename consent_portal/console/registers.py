"""`aoa register list|save`: recipients, and what the `context` of a request refers to."""

import json
from pathlib import Path
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from consent_portal.console.home import actor, home_option, json_option, opened, say
from consent_portal.registers import approvals, recipients
from consent_portal.registers.recipients import Recipient

RECIPIENT = TypeAdapter(Recipient)


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
        found = json.loads(file.read_text(encoding="utf-8"))
        with opened(home) as place, place.database.writing() as session:
            saved = [_recipient(session, one) for one in found.get("recipients", ())]
            saved += [_entry(session, one) for one in found.get("entries", ())]
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise click.ClickException(f"Nothing was saved: {told}") from None
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise click.ClickException(f"Nothing was saved: {error}") from None
    say({"saved": saved}, as_json=as_json, lines=[f"Saved: {', '.join(saved) or 'nothing'}"])


def _recipient(session: Session, one: dict[str, Any]) -> str:
    recipient = RECIPIENT.validate_json(json.dumps(one))
    return recipients.save(session, recipient, actor()).key


def _entry(session: Session, one: dict[str, Any]) -> str:
    details = approvals.read_details(one["kind"], json.dumps(one.get("details", {})))
    entry = approvals.Entry(
        key=one["key"],
        title=one["title"],
        details=details,
        valid_from=approvals.day(one.get("valid_from")),
        valid_to=approvals.day(one.get("valid_to")),
        closed=bool(one.get("closed", False)),
    )
    return approvals.save(session, entry, actor()).key


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
