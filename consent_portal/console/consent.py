"""`aoa consent show|record|amend|withdraw`; see `console.identity` for the other verbs of the group."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy.orm import Session

from consent_portal.clock import local_day, to_text, utc_now
from consent_portal.console import identity
from consent_portal.console.home import Home, actor, home_option, json_option, opened, say
from consent_portal.console.studies import look_up, registered, study_option
from consent_portal.ledger import payloads as p
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Event
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.scope import Scope
from consent_portal.ledger.status import LevelStatus
from consent_portal.policy.load import load_policy
from consent_portal.registers.studies import Study
from consent_portal.services import acts, coverage, policy, queries
from consent_portal.services.acts import Act
from consent_portal.services.effect import Effect
from consent_portal.services.summary import Summary, summarise

View = TypeVar("View", bound=Callable[..., Any])


def _levels(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[Level, ...] | None:
    if value is None:
        return None
    names = [name.strip() for name in value.split(",") if name.strip()]
    wrong = [name for name in names if name not in set(Level)]
    if wrong or not names:
        raise click.BadParameter("the levels are " + ", ".join(Level) + ", separated by commas.")
    return tuple(Level(name) for name in names)


def _giving(command: View) -> View:
    """Add the options that recording and amending share."""
    for option in reversed(
        (
            home_option,
            study_option,
            click.option("--levels", callback=_levels, help="Levels agreed to: record,teaching,print,internet."),
            click.option("--declined", callback=_levels, help="Levels the patient said no to."),
            click.option("--clinician", required=True, help="The requesting clinician."),
            click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day it was given (today)."),
            click.option(
                "--grantor",
                type=click.Choice([str(one) for one in p.GrantorKind]),
                default="patient",
                show_default=True,
            ),
            click.option("--grantor-name", default="", help="Who decided for the patient."),
            click.option(
                "--capacity",
                type=click.Choice([str(one) for one in p.CapacityAnswer]),
                default="yes",
                show_default=True,
            ),
            click.option("--valid-to", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it counts."),
            click.option("--agrees-to", multiple=True, help="A further purpose agreed to by name, such as research."),
            click.option("--project", default="", help="Register key of the research project whose form was signed."),
            click.option("--commercial-data", default="", help="What a company will see, as the patient was told."),
            click.option("--commercial-confidentiality", default="", help="How it is kept confidential, as told."),
            click.option("--reason", default="", help="Why, in a sentence."),
            json_option,
        )
    ):
        command = option(command)
    return command


@click.group()
def consent() -> None:
    """Read and record consent, by the same rules as in the portal."""


consent.add_command(identity.merge)
consent.add_command(identity.unmerge)


@consent.command()
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
            history = queries.history(session, found)
    say(_shown(found, summary, history), as_json=as_json, lines=_told(summary, history))


@consent.command()
@_giving
def record(home: Path, study: str, *, as_json: bool, **given: Any) -> None:
    """Record consent as it was given; levels that are not named count as "not chosen"."""
    _give(home, study, given, as_json=as_json, amending=False)


@consent.command()
@_giving
def amend(home: Path, study: str, *, as_json: bool, **given: Any) -> None:
    """Record amended consent; it changes the levels that it names and links to the original."""
    _give(home, study, given, as_json=as_json, amending=True)


@consent.command()
@home_option
@study_option
@click.option("--levels", callback=_levels, help="Only these levels; without it, all of them.")
@click.option(
    "--scope",
    type=click.Choice(["study", "patient"]),
    default="study",
    show_default=True,
    help="This study, or all recordings of the patient under this and every joined number.",
)
@click.option("--reason", default="", help="What the patient said, in a sentence.")
@json_option
def withdraw(  # noqa: PLR0913  (an option each)
    home: Path, study: str, levels: tuple[Level, ...] | None, scope: str, reason: str, *, as_json: bool
) -> None:
    """Record that the patient took consent back; opens a recall for everything that already left under it."""
    payload = p.Withdrawn(levels=levels or tuple(Level), reason=reason)
    with opened(home) as place, _told_refusal():
        told = look_up(place, study)
        with place.database.writing() as session:
            known = registered(session, told, study)
            subject = acts.Subject(known, Scope.patient()) if scope == "patient" else acts.Subject.of_study(known)
            done = acts.withdraw(session, subject, payload, _actor(session, place))
            agreed = [one.study.study_uid for one in coverage.of_person(session, known) if one.agreed]
            others = len(coverage.of_others(session, known))
    states = _states(done.status.levels)
    still_open = _names(done.effect.not_closed)
    waiting = [recall.id for recall in done.recalls]
    answer = {
        **_recorded(done.event, states),
        "recalls": waiting,
        "not_closed": still_open,
        "still_agreed": agreed,
        "others_who_may_be_this_patient": others,
    }
    lines = [f"Withdrawn, as event {done.event.seq}.", *_level_lines(states), *_stays_open(still_open)]
    lines += _not_covered(agreed, others)
    if waiting:
        releases = "1 earlier release" if len(waiting) == 1 else f"{len(waiting)} earlier releases"
        lines.append(f"To be recalled, on the portal's worklist: {releases}.")
    say(answer, as_json=as_json, lines=lines)
    _end(holds=not still_open)


def _not_covered(agreed: list[str], others: int) -> list[str]:
    """Say what of the person stays agreed: the withdrawal is of what it names, and the patient may have meant more."""
    lines = []
    if agreed:
        stays = "1 study of this patient stays" if len(agreed) == 1 else f"{len(agreed)} studies of this patient stay"
        lines.append(f"Note: {stays} agreed to. To withdraw all: --scope patient.")
    if others:
        told = "1 other number" if others == 1 else f"{others} other numbers"
        lines.append(f"Note: {told} may be this patient's; see the study's page in the portal, and withdraw there too.")
    return lines


def _give(home: Path, study: str, given: dict[str, Any], *, as_json: bool, amending: bool) -> None:
    payload = _payload(given)
    with opened(home) as place, _told_refusal():
        done = _written(place, study, payload, amending=amending)
    states = _states(done.status.levels)
    closed, still_open = _names(done.effect.not_opened), _names(done.effect.not_closed)
    verb = "Amended" if amending else "Recorded"
    lines = [
        f"{verb}, as event {done.event.seq}.",
        *_level_lines(states),
        *_stays_closed(done.effect),
        *_stays_open(still_open),
    ]
    answer = {**_recorded(done.event, states), "not_opened": closed, "not_closed": still_open}
    say(answer, as_json=as_json, lines=lines)
    _end(holds=not closed and not still_open)


def _end(*, holds: bool) -> None:
    """Say with the exit code 3 that what was asked for is recorded and does not hold (F29)."""
    if not holds:
        raise SystemExit(3)


def _names(levels: tuple[LevelStatus, ...]) -> list[str]:
    return [str(one.level) for one in levels]


def _stays_closed(idle: Effect) -> list[str]:
    return [f"Recorded, but this does not open {one.level}, which is {one.state}: {one.why}" for one in idle.not_opened]


def _stays_open(levels: list[str]) -> list[str]:
    if not levels:
        return []
    told = "Tell the patient nothing else, look at `aoa consent show`, and tell the Caldicott Guardian."
    return [f"Recorded, but this does NOT close: {', '.join(levels)}. {told}"]


def _written(place: Home, study: str, payload: p.Given, *, amending: bool) -> Act:
    told = look_up(place, study)
    with place.database.writing() as session:
        subject = acts.Subject.of_study(registered(session, told, study))
        act = acts.amend if amending else acts.record
        return act(session, subject, payload, _actor(session, place))


def _actor(session: Session, place: Home) -> acts.Actor:
    return acts.Actor(actor(), policy.present(session, load_policy(), place.settings.site.switches))


class _told_refusal:  # noqa: N801  (reads as a phrase after `with`)
    """Turn a refusal of the ledger into a message and exit code 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Refusal):
            raise click.ClickException(str(error)) from None


def _payload(given: dict[str, Any]) -> p.Given:
    accepted, declined = given["levels"] or (), given["declined"] or ()
    if not accepted and not declined:
        raise click.UsageError("Name the levels that were agreed to (--levels), those declined (--declined), or both.")
    both = set(accepted) & set(declined)
    if both:
        raise click.UsageError(f"A level cannot be agreed to and declined at once: {', '.join(sorted(both))}.")
    answers = dict.fromkeys(accepted, LevelState.ACCEPTED) | dict.fromkeys(declined, LevelState.DECLINED)
    return p.Given(
        levels=answers,
        requesting_clinician=given["clinician"] or " ",
        discussed_on=_day(given["day"]) or local_day(utc_now()),
        recorder=actor(),
        grantor=p.Grantor(kind=p.GrantorKind(given["grantor"]), name=given["grantor_name"]),
        capacity=p.Capacity(answer=p.CapacityAnswer(given["capacity"])),
        conditions=_conditions(given),
        valid_to=_day(given["valid_to"]),
        reason=given["reason"],
    )


def _conditions(given: dict[str, Any]) -> p.Conditions:
    told = given["commercial_data"] or given["commercial_confidentiality"]
    return p.Conditions(
        purposes=tuple(given["agrees_to"]),
        commercial=True if told or "commercial" in given["agrees_to"] else None,
        commercial_data=given["commercial_data"],
        commercial_confidentiality=given["commercial_confidentiality"],
        research_project=given["project"],
    )


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _states(levels: Any) -> dict[str, str]:
    return {str(level): str(status.state) for level, status in levels.items()}


def _recorded(event: Event, states: dict[str, str]) -> dict[str, Any]:
    return {
        "event": event.id,
        "seq": event.seq,
        "type": str(event.type),
        "supersedes": event.supersedes,
        "levels": states,
    }


def _level_lines(states: dict[str, str]) -> list[str]:
    return [f"  {Level(level).label:52} {LevelState(state).label}" for level, state in states.items()]


def _shown(study: Study, summary: Summary, history: list[Event]) -> dict[str, Any]:
    return {
        "study_uid": study.study_uid,
        "recording_kind": summary.kind.key,
        "levels": summary.states,
        "purposes": {
            key: {"outcome": one.outcome, "profile": one.profile, "reasons": [vars(reason) for reason in one.reasons]}
            for key, one in summary.purposes.items()
        },
        "history": [
            {
                "seq": event.seq,
                "id": event.id,
                "type": str(event.type),
                "recorded_at": to_text(event.recorded_at),
                "effective_at": to_text(event.effective_at),
                "recorded_by": event.recorded_by,
                "supersedes": event.supersedes,
                "payload": event.payload.model_dump(mode="json", exclude_defaults=True),
            }
            for event in history
        ],
    }


def _told(summary: Summary, history: list[Event]) -> list[str]:
    names = load_policy().purposes
    lines = [summary.kind.label, "", "Levels", *_level_lines(summary.states), "", "What each purpose would get"]
    for key, one in summary.purposes.items():
        lines.append(f"  {names[key].label:45} {one.outcome.label:14} {one.profile or '':3} {one.reasons[0].text}")
    lines += ["", "History"] + [f"  {event.seq:6} {to_text(event.recorded_at)} {event.type}" for event in history]
    return lines
