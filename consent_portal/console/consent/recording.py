"""A command for each verb: the study or number, the head that was seen, and the statement's own fields."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError
from sqlalchemy.orm import Session

from consent_portal.console.consent import options, words
from consent_portal.console.home import Home, actor, home_option, json_option, opened, say
from consent_portal.console.studies import look_up, registered, study_uid
from consent_portal.ledger.rules.refusal import Refusal, RuleFault
from consent_portal.policy.load import load_policy
from consent_portal.services import policy
from consent_portal.services.acts import Actor, Subject
from consent_portal.services.statements import outcome
from consent_portal.services.statements.statement import Statement
from consent_portal.services.statements.verbs import Verb, perform

HELD_BACK = 3
"""Recorded, but something of it does not hold (contract.md, F29)."""


def command(verb: Verb) -> click.Command:
    """Return the command of a verb."""

    def run(home: Path, *, as_json: bool, **given: Any) -> None:
        about = {name: given.pop(name, None) for name in ("study", "number", "issuer", "birth_date", "head")}
        said = _statement(verb, given)
        with opened(home) as place:
            answer = _done(place, said, about)
        say(answer, as_json=as_json, lines=words.lines(verb.name, answer))
        if answer["not_opened"] or answer["not_closed"]:
            raise SystemExit(HELD_BACK)

    told = verb.statement.__doc__ or ""
    made = click.command(verb.name, help=told, short_help=words.first_sentence(told))(home_option(json_option(run)))
    made.params[1:1] = [*_about(verb), *options.parameters(verb.statement), *_scan(verb)]
    return made


def _about(verb: Verb) -> list[click.Parameter]:
    either = verb.statement.by_number
    study = click.Option(
        ["--study"], required=not either, callback=_checked, help="The study's Study Instance UID, or Orthanc's id."
    )
    numbers = [
        click.Option(["--number"], help="Instead of a study: the patient's number, also before there is any study."),
        click.Option(["--issuer"], help="Who issued that number; not needed for an NHS or H&C number."),
        click.Option(["--birth-date"], type=click.DateTime(["%Y-%m-%d"]), help="The patient's date of birth."),
    ]
    head = click.Option(
        ["--head"], type=int, help="The head that `show --json` gave; refused when the record has changed since."
    )
    return [study, *(numbers if either else ()), head]


def _checked(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    return None if value is None else study_uid(context, option, value)


def _scan(verb: Verb) -> list[click.Parameter]:
    if "scan_sha256" not in verb.statement.model_fields:
        return []
    told = "The scanned form: its checksum is recorded, the file stays where it is."
    return [click.Option(["--scan"], type=click.Path(exists=True, dir_okay=False, path_type=Path), help=told)]


def _statement(verb: Verb, given: dict[str, Any]) -> Statement:
    scan = given.pop("scan", None)
    found = options.fields(verb.statement, given)
    if scan is not None:
        found["scan_sha256"] = hashlib.sha256(scan.read_bytes()).hexdigest()
    try:
        return verb.statement.model_validate_json(json.dumps(found))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise click.UsageError(f"{_option(str(first['loc'][0]))}: {first['msg']}.") from None


def _done(place: Home, said: Statement, about: dict[str, Any]) -> dict[str, Any]:
    if (about["study"] is None) == (about["number"] is None):
        raise click.UsageError("Name the study (--study) or the patient's number (--number), one of them.")
    told = look_up(place, about["study"]) if about["study"] else None
    try:
        with place.database.writing() as session:
            if about["study"]:
                subject = Subject.of_study(registered(session, told, about["study"]))
            else:
                subject = Subject.of_number(session, about["number"], about["issuer"] or "", _day(about["birth_date"]))
            subject = subject.having_seen(about["head"])
            return outcome.told(session, subject.study, perform(session, said, subject, _actor(session, place)))
    except Refusal as refusal:
        raise _told(refusal) from None


def _day(moment: Any) -> date | None:
    return moment.date() if moment else None


def _actor(session: Session, place: Home) -> Actor:
    return Actor(actor(), policy.present(session, load_policy(), place.settings.site.switches))


def _told(refusal: Refusal) -> click.ClickException:
    """Return the refusal: a usage error where only something is missing, and each fault with the option that it is of.

    The option's name tells what to give; the sentence is the same at every door.
    """
    lines = "\n".join(map(_line, refusal.faults))
    return click.UsageError(lines) if refusal.is_input else click.ClickException(lines)


def _line(fault: RuleFault) -> str:
    return f"{fault.message} ({_option(fault.field)})" if fault.field else fault.message


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
