"""Which exports that wait for an answer have to be decided anew (ADR 0154). Reads only, so nobody who writes waits."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from consent_portal.ledger import store
from consent_portal.ledger.rows import DecisionRow
from consent_portal.policy.model import Outcome
from consent_portal.services import called_back, decisions
from consent_portal.services.context import Site
from consent_portal.services.faults import BadRequest
from consent_portal.tasks import asks
from consent_portal.tasks.asks import Ask


@dataclass(frozen=True)
class Answered:
    """The jobs to decide anew, as of the ledger's event number `head`."""

    head: int
    jobs: tuple[str, ...]


def among(session: Session, jobs: Iterable[str], site: Site, since: int | None) -> Answered:
    """Return which of these waiting jobs are answered, or are not to be asked about any more.

    Parameters
    ----------
    since : int or None
        The head of the last answer: while nothing was recorded after it, a question that is open still waits.
    """
    head, _ = store.head(session)
    moved = called_back.unmoved(session, since) is None
    found = (job for job in dict.fromkeys(jobs) if _is_decided(session, job, site, moved=moved))
    return Answered(head, tuple(found))


def _is_decided(session: Session, job: str, site: Site, *, moved: bool) -> bool:
    """Return whether the job's question is closed, or something else decides on it; an unknown job is asked again."""
    row = decisions.last_of_job(session, job)
    if row is None or asks.open_of(session, row.request_digest) is None:
        return True
    return moved and not _still_asks(session, job, site)


def _still_asks(session: Session, job: str, site: Site) -> bool:
    try:
        decision = decisions.again(session, job, site, record=False)
    except BadRequest:  # a register entry that it named has ended
        return False
    return decision is not None and decision.outcome is Outcome.ASK


def goes_on(session: Session, ask: Ask) -> str | None:
    """Return the export that waited for this question and goes on by itself; None where it has to be asked for anew."""
    asked = session.get(DecisionRow, ask.decision)
    last = decisions.last_of_job(session, asked.job) if asked and asked.job else None
    return last.job if last is not None and last.outcome == str(Outcome.PERMIT) else None
