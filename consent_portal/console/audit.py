"""`aoa audit`: is the record as it was written, and as long as it was; and what the Guardian says where it is not."""

from pathlib import Path
from typing import Any

import click

from consent_portal.clock import utc_now
from consent_portal.console.home import Home, actor, examined, home_option, json_option, say
from consent_portal.ledger import store
from consent_portal.ledger.anchor import Anchor, AnchorUnreadable
from consent_portal.ledger.continuity import reach
from consent_portal.ledger.kinds.continuity import ContinuityAccepted
from consent_portal.ledger.timekeeping import behind, disagreement
from consent_portal.migrations.run import is_known, migrate, newest, present
from consent_portal.services import verifying
from consent_portal.services.house import accept_continuity
from consent_portal.services.verifying import Report

by_option = click.option("--by", required=True, help="The Caldicott Guardian who accepts it, by name.")
reason_option = click.option("--reason", required=True, help="What happened, and why the record goes on all the same.")


@click.group()
def audit() -> None:
    """Prove that the record is whole."""


@audit.command()
@home_option
@click.option("--head", default="", help="A head hash that was kept outside; it must still be in the chain.")
@json_option
def verify(home: Path, head: str, *, as_json: bool) -> None:
    """Walk the hash chains, and compare with how far this home's ledger had come: exit code 0 when all is whole."""
    with examined(home) as place:
        _check_shape(place)
        report = verifying.examine(place.continuity, head, place.settings.portal.anchor_copy, _progress)
        reached = _reached(place)
    found = report.events
    answer = {
        "whole": report.whole,
        "events": found.count,
        "head": found.head,
        "bad_event": found.bad_seq,
        "fault": report.faults[0] if report.faults else "",
        "faults": list(report.faults),
        "evidence": report.pieces,
        "reached": reached.seq if reached else None,
    }
    say(answer, as_json=as_json, lines=_lines(report, reached))
    raise SystemExit(0 if report.whole else 1)


def _check_shape(place: Home) -> None:
    """Refuse a database that this version cannot verify."""
    step = present(place.database)
    if step and is_known(step) and step != newest():
        raise click.ClickException(
            f"The database has the shape of an older version (step {step}). Start the home once with this version, "
            "which brings it to the present shape, and verify again."
        )


def _reached(place: Home) -> Anchor | None:
    try:
        return place.continuity.file.read()
    except AnchorUnreadable:
        return None


def _progress(done: int, total: int) -> None:
    click.echo(f"{done:,} of {total:,} entries walked ...", err=True)


def _lines(report: Report, reached: Anchor | None) -> list[str]:
    found = report.events
    if not report.whole:
        return _faults(report)
    if not found.count and reached is None:
        return ["There is no ledger here yet, and nothing was made. 0 events are whole."]
    told = f"This home had reached {reach(reached)}." if reached else "This home has kept no anchor of it yet."
    return [
        f"{found.count} events are whole. Head: {found.head}",
        f"{report.pieces} pieces of evidence fit decisions, releases, looks, studies, patients and accounts. {told}",
    ]


def _faults(report: Report) -> list[str]:
    lines = [f"The ledger is NOT whole: {fault.rstrip('.')}." for fault in report.faults]
    bad = report.events.bad_seq
    return [*lines, f"The first bad event is number {bad}."] if bad is not None else lines


@audit.command("accept-loss")
@home_option
@by_option
@reason_option
@json_option
def accept_loss(home: Path, by: str, reason: str, *, as_json: bool) -> None:
    """Go on with the ledger that is there, after the home's own was lost. What was withdrawn since is not known."""
    with examined(home) as place:
        missing = place.continuity.gap()
        if not missing:
            raise click.ClickException("Nothing is missing: this is the ledger of this home. Nothing was changed.")
        lost = _reached(place)
        migrate(place.database)
        accepted = ContinuityAccepted(
            what="loss",
            accepted_by=_said(by),
            reason=_said(reason),
            missing=missing,
            lost_ledger=lost.ledger if lost else "",
            lost_seq=lost.seq if lost else 0,
            lost_head=lost.head if lost else "",
        )
        answer = _accepted(place, accepted)
        place.continuity.begin_anew()
        place.continuity.adopt()
    lines = [
        f"Accepted, as event {answer['seq']}. {missing}",
        "What was refused or withdrawn in the part that is lost counts no longer: record it again from paper before "
        "anything leaves. Accounts and passwords are as they stand in this ledger: close again whoever has left. "
        "Stop `aoa up` and start it again, so that the people can sign in.",
    ]
    say(answer, as_json=as_json, lines=lines)


@audit.command("accept-clock")
@home_option
@by_option
@reason_option
@json_option
def accept_clock(home: Path, by: str, reason: str, *, as_json: bool) -> None:
    """Take the present clock for right, after an entry from a clock that was ahead."""
    with examined(home) as place:
        place.continuity.attach()
        with place.database.reading() as session:
            last = store.last_recorded_at(session)
        now = utc_now()
        if last is None or not behind(now, last):
            raise click.ClickException("The clock does not stand before the ledger's last entry. Nothing was changed.")
        told = disagreement(now, last)
        accepted = ContinuityAccepted(what="clock", accepted_by=_said(by), reason=_said(reason), missing=told)
        answer = _accepted(place, accepted, guarded=True)
    say(answer, as_json=as_json, lines=[f"Accepted, as event {answer['seq']}. {told}"])


def _said(text: str) -> str:
    if not text.strip():
        raise click.ClickException("Name who accepts it, and say why; both stay with the record.")
    return text.strip()


def _accepted(place: Home, accepted: ContinuityAccepted, *, guarded: bool = False) -> dict[str, Any]:
    with place.database.writing(guarded=guarded) as session:
        event = accept_continuity(session, accepted, actor())
    return {"event": event.id, "seq": event.seq, "type": str(event.type), "missing": accepted.missing}
