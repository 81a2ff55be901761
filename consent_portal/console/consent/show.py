"""`aoa consent show`: what stands, what each purpose would get, and how it came to be."""

from pathlib import Path
from typing import Any

import click

from consent_portal.clock import to_text
from consent_portal.console.consent.words import level_lines
from consent_portal.console.home import home_option, json_option, opened, say
from consent_portal.console.studies import look_up, registered, study_option
from consent_portal.ledger.events import Event
from consent_portal.policy.load import load_policy
from consent_portal.registers.studies import Study
from consent_portal.services import policy, queries
from consent_portal.services.record_head import head
from consent_portal.services.summary import Summary, summarise


@click.command()
@home_option
@study_option
@json_option
def show(home: Path, study: str, *, as_json: bool) -> None:
    """Show the recorded levels of a study, what each purpose would get, and the history."""
    with opened(home) as place:
        told = look_up(place, study)
        with place.database.writing() as session:
            found = registered(session, told, study)
            in_force = policy.present(session, load_policy(), place.settings.site.switches)
            summary = summarise(session, found, "clinician", in_force)
            history, seen = queries.history(session, found), head(session, found)
    say({**_shown(found, summary, history), "head": seen}, as_json=as_json, lines=_told(summary, history))


def _shown(study: Study, summary: Summary, history: list[Event]) -> dict[str, Any]:
    return {
        "study_uid": study.study_uid,
        "recording_kind": summary.kind.key,
        "levels": summary.states,
        "purposes": {
            key: {"outcome": one.outcome, "profile": one.profile, "reasons": [vars(reason) for reason in one.reasons]}
            for key, one in summary.purposes.items()
        },
        "history": [_event(event) for event in history],
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "id": event.id,
        "type": str(event.type),
        "recorded_at": to_text(event.recorded_at),
        "effective_at": to_text(event.effective_at),
        "recorded_by": event.recorded_by,
        "supersedes": event.supersedes,
        "scope": event.scope.model_dump(mode="json", exclude_defaults=True),
        "payload": event.payload.model_dump(mode="json", exclude_defaults=True),
    }


def _told(summary: Summary, history: list[Event]) -> list[str]:
    lines = [summary.kind.label, "", "Levels", *level_lines(summary.states), "", "What each purpose would get"]
    names = load_policy().purposes
    for key, one in summary.purposes.items():
        lines.append(f"  {names[key].label:45} {one.outcome.label:14} {one.profile or '':3} {one.reasons[0].text}")
    lines += ["", "History"] + [f"  {event.seq:6} {to_text(event.recorded_at)} {event.type}" for event in history]
    return lines
