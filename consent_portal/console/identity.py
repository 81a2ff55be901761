"""`aoa consent merge|unmerge`: join two numbers of one person, or take them apart again (hazard H12)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from consent_portal.console.home import actor, home_option, json_option, opened, say
from consent_portal.console.studies import look_up, registered, study_option, study_uid
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Event
from consent_portal.ledger.kinds.identity import COMPARED_WORDS
from consent_portal.registers import names
from consent_portal.registers.studies import Study
from consent_portal.services import identity
from consent_portal.services.identity import Finding

other_option = click.option(
    "--other-study", required=True, callback=study_uid, help="A study under the other number: its Study Instance UID."
)
reason_option = click.option("--reason", required=True, help="Why, in a sentence; it stays in both histories.")


@click.command()
@home_option
@study_option
@other_option
@reason_option
@click.option(
    "--compared",
    multiple=True,
    type=click.Choice(list(COMPARED_WORDS)),
    help="An identifier that you compared, at least two; without it, those that agree in both studies.",
)
@json_option
def merge(  # noqa: PLR0913  (an option each)
    home: Path, study: str, other_study: str, reason: str, compared: tuple[str, ...], *, as_json: bool
) -> None:
    """Join the numbers of two studies as one person's; both histories stay."""

    def join(session: Session, one: Study, other: Study) -> Event:
        found = Finding(reason, compared or _agreeing(one, other))
        return identity.merge(session, one, other, found, actor())

    event = _done(home, study, other_study, join)
    say(
        _shown(event), as_json=as_json, lines=[f"Joined, as event {event.seq}. A refusal under either counts for both."]
    )


@click.command()
@home_option
@study_option
@other_option
@reason_option
@json_option
def unmerge(home: Path, study: str, other_study: str, reason: str, *, as_json: bool) -> None:
    """Take two joined numbers apart again; what was recorded since stays where it was recorded."""

    def part(session: Session, one: Study, other: Study) -> Event:
        return identity.unmerge(session, one, other, reason, actor())

    event = _done(home, study, other_study, part)
    say(_shown(event), as_json=as_json, lines=[f"Taken apart, as event {event.seq}."])


def _done(home: Path, study: str, other: str, act: Callable[[Session, Study, Study], Event]) -> Event:
    with opened(home) as place:
        told = [(look_up(place, named), named) for named in (study, other)]
        try:
            with place.database.writing() as session:
                one, another = (registered(session, subject, named) for subject, named in told)
                return act(session, one, another)
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from None


def _agreeing(one: Study, other: Study) -> tuple[str, ...]:
    """Return which identifiers the archive holds for both studies, and alike."""
    mine, theirs = one.details, other.details
    same = {
        "name": names.is_known(mine.name) and names.is_known(theirs.name) and names.agree(mine.name, theirs.name),
        "birth-date": mine.birth_date is not None and mine.birth_date == theirs.birth_date,
    }
    return tuple(word for word, agrees in same.items() if agrees)


def _shown(event: Event) -> dict[str, Any]:
    return {"event": event.id, "seq": event.seq, "type": str(event.type), "supersedes": event.supersedes}
