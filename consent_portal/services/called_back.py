"""Which jobs may no longer leave, decided again on the request that was recorded for each (combining rule 7; R19, R29).

A job is called back by whatever closes it: a withdrawal, a refusal, an objection, an amendment that says no, a record
that was entered in error, a change of policy, a register entry that has ended, or the account of whoever asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.ledger import store
from consent_portal.ledger.events import EventType
from consent_portal.ledger.rows import EventRow
from consent_portal.policy.model import Outcome, Reason
from consent_portal.services import decisions
from consent_portal.services.context import Site
from consent_portal.services.faults import BadRequest
from consent_portal.tasks import reviews
from consent_portal.tasks.reviews import Review

CLOSES_NOTHING = tuple(
    map(
        str,
        (
            EventType.RELEASED,
            EventType.RECALL_SENT,
            EventType.RECALL_CONFIRMED,
            EventType.FORM_ATTACHED,
            EventType.RECEIPT_ISSUED,
            EventType.BREACH_OPENED,
            EventType.BREACH_NOTED,
            EventType.BREACH_CLOSED,
            EventType.NOTICE_STEP,
        ),
    )
)
"""Events after which every job stands as it stood."""


@dataclass(frozen=True)
class CalledBack:
    """The jobs that may no longer leave, each with its reasons, as of the ledger's event number `head`."""

    head: int
    jobs: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)


def unmoved(session: Session, since: int | None) -> int | None:
    """Return the ledger's head where nothing after event `since` can have called a job back, else None."""
    head, _ = store.head(session)
    if since is None or since > head:
        return None
    later = select(EventRow.seq).where(EventRow.seq > since, EventRow.type.not_in(CLOSES_NOTHING)).limit(1)
    return head if session.scalar(later) is None else None


def among(session: Session, jobs: Iterable[str], site: Site) -> CalledBack:
    """Return which of these jobs may no longer leave. Writes nothing, so nobody who writes waits for it."""
    head, _ = store.head(session)
    found = {job: why_not(session, job, site) for job in dict.fromkeys(jobs)}
    return CalledBack(head, {job: why for job, why in found.items() if why})


def note(session: Session, found: CalledBack, site: Site) -> CalledBack:
    """Write down once what is no longer permitted (F13), and take its reviews off the list with the reason.

    Returns
    -------
    CalledBack
        Those of the jobs that may not leave now either, as of the same event.
    """
    decided = {job: why_not(session, job, site, record=True) for job in found.jobs}
    closed = {job: why for job, why in decided.items() if why}
    for review in reviews.waiting(session):
        if review.job in closed:
            reviews.overtake(session, review.id, in_words(closed[review.job]))
    return CalledBack(found.head, closed)


def why_not(session: Session, job: str, site: Site, *, record: bool = False) -> tuple[Reason, ...]:
    """Return why a job may no longer leave; empty while it may, and for a job of which no decision is known."""
    try:
        decision = decisions.again(session, job, site, record=record)
    except BadRequest as bad:
        return tuple(Reason("request", fault.message, "the registers") for fault in bad.faults)
    return () if decision is None or decision.outcome is Outcome.PERMIT else decision.reasons


def in_words(reasons: Iterable[Reason]) -> str:
    """Return reasons as one text for a person."""
    return " ".join(reason.text for reason in reasons)


def overtaken(session: Session, site: Site) -> dict[str, str]:
    """Return the pending reviews whose release may no longer leave: id to reason. Writes nothing."""
    found = {review.id: in_words(why_not(session, review.job, site)) for review in reviews.waiting(session)}
    return {review: why for review, why in found.items() if why}


def decide_review(  # noqa: PLR0913  (one for each thing that a form says)
    session: Session,
    review_id: str,
    site: Site,
    *,
    approve: bool,
    user: str,
    role: str,
    note: str = "",
    shown: str | None = None,
) -> Review:
    """Approve or refuse a held release, unless it may no longer leave: then its review is closed with the reason.

    Parameters
    ----------
    shown : str, optional
        Fingerprint of what would leave, as `second_look.look_again` found it just before.

    Returns
    -------
    Review
        As it stands now: approved, refused, or overtaken where an approval came too late.

    Raises
    ------
    LookupError, ReviewRefused
        As `reviews.decide`.
    """
    found = reviews.get(session, review_id)
    why = in_words(why_not(session, found.job, site, record=True)) if found and found.status == reviews.PENDING else ""
    if found is None or not approve or not why:
        return reviews.decide(session, review_id, approve=approve, user=user, role=role, note=note, shown=shown)
    reviews.check(session, review_id, user, role)
    reviews.overtake(session, review_id, why)
    return reviews.get(session, review_id) or found
