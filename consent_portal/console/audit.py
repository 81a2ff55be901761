"""`aoa audit verify` answers whether the ledger is as it was written."""

from pathlib import Path

import click

from consent_portal.console.home import home_option, json_option, opened, say
from consent_portal.ledger.store import verify_ledger


@click.group()
def audit() -> None:
    """Prove that the record is whole."""


@audit.command()
@home_option
@click.option("--head", default="", help="A head hash that was kept outside; it must still be in the chain.")
@json_option
def verify(home: Path, head: str, *, as_json: bool) -> None:
    """Walk the hash chain: exit code 0 when it is whole, 1 naming the first bad event."""
    with opened(home) as place, place.database.reading() as session:
        found = verify_ledger(session, head)
    answer = {
        "whole": found.whole,
        "events": found.count,
        "head": found.head,
        "bad_event": found.bad_seq,
        "fault": found.fault,
    }
    lines = [f"{found.count} events are whole. Head: {found.head}"]
    if not found.whole:
        lines = [f"The ledger is NOT whole: {found.fault}.", f"The first bad event is number {found.bad_seq}."]
    say(answer, as_json=as_json, lines=lines)
    raise SystemExit(0 if found.whole else 1)
