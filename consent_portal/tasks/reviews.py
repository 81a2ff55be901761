"""Second reviews: one person cannot both prepare and approve a release to the public (R29)."""

import json
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.tasks.rows import ReviewRow
from consent_portal.tasks.shape import shaped

PENDING, APPROVED, REFUSED, OVERTAKEN = "pending", "approved", "refused", "overtaken"
REVIEWERS = frozenset({"clinician", "medical-illustration", "caldicott-guardian"})
"""Roles that may review."""


class ReviewRefused(Exception):  # noqa: N818  (named for the situation)
    """The person may not decide this review; the text says why and who may."""


@dataclass(frozen=True)
class Review:
    """A review, waiting or done. `studies` are register keys."""

    id: str
    opened_at: str
    job: str
    digest: str
    decision: str
    requested_by: str
    role: str
    purpose: str
    recipient: str
    studies: tuple[str, ...]
    reason_given: str
    status: str
    reviewed_at: str | None
    reviewed_by: str | None
    note: str


@dataclass(frozen=True)
class Wanted:
    """What a review is opened for; `digest` ties it to exactly this request."""

    job: str
    digest: str
    decision: str
    requested_by: str
    role: str
    purpose: str
    recipient: str
    studies: tuple[str, ...]
    reason_given: str


def open_review(session: Session, wanted: Wanted) -> Review:
    """Open the review of a job, or return the one that is there for exactly this request."""
    row = _find(session, wanted.job, wanted.digest)
    if row is None:
        row = ReviewRow(
            id=str(uuid.uuid4()),
            opened_at=to_text(utc_now()),
            job=wanted.job,
            digest=wanted.digest,
            decision=wanted.decision,
            requested_by=wanted.requested_by,
            role=wanted.role,
            purpose=wanted.purpose,
            recipient=wanted.recipient,
            studies=json.dumps(wanted.studies),
            reason_given=wanted.reason_given,
            status=PENDING,
            note="",
        )
        session.add(row)
        session.flush()
    return _review(row)


def of_job(session: Session, job: str, digest: str) -> Review | None:
    """Return the review of exactly this request of a job."""
    row = _find(session, job, digest)
    return _review(row) if row else None


def waiting(session: Session) -> list[Review]:
    """Return the reviews that nobody has decided, oldest first."""
    query = select(ReviewRow).where(ReviewRow.status == PENDING).order_by(ReviewRow.opened_at)
    return [_review(row) for row in session.scalars(query)]


def decided(session: Session, limit: int = 50) -> list[Review]:
    """Return the reviews that were decided last, newest first."""
    query = select(ReviewRow).where(ReviewRow.status != PENDING).order_by(ReviewRow.reviewed_at.desc()).limit(limit)
    return [_review(row) for row in session.scalars(query)]


def get(session: Session, review_id: str) -> Review | None:
    """Return one review."""
    row = session.get(ReviewRow, review_id)
    return _review(row) if row else None


def decide(  # noqa: PLR0913  (one for each thing that a form says)
    session: Session, review_id: str, *, approve: bool, user: str, role: str, note: str = ""
) -> Review:
    """Approve or refuse.

    Raises
    ------
    LookupError
        When there is no such review.
    ReviewRefused
        When the reviewer is the requester, lacks the role, or it is decided already.
    """
    row = session.get(ReviewRow, review_id)
    if row is None:
        raise LookupError("There is no such review.")
    _may(row, user, role)
    row.status = APPROVED if approve else REFUSED
    row.reviewed_at, row.reviewed_by, row.note = to_text(utc_now()), user, note
    session.flush()
    return _review(row)


def check(session: Session, review_id: str, user: str, role: str) -> None:
    """Raise unless this person may decide this review now.

    Raises
    ------
    LookupError, ReviewRefused
        As `decide`.
    """
    row = session.get(ReviewRow, review_id)
    if row is None:
        raise LookupError("There is no such review.")
    _may(row, user, role)


def overtake(session: Session, review_id: str, why: str) -> None:
    """Take a review off the list because what it is about may no longer leave; `why` stays with it."""
    row = session.get(ReviewRow, review_id)
    if row is not None and row.status == PENDING:
        row.status, row.reviewed_at, row.note = OVERTAKEN, to_text(utc_now()), why
        session.flush()


def _may(row: ReviewRow, user: str, role: str) -> None:
    if row.requested_by.casefold() == user.casefold():
        raise ReviewRefused("You asked for this release, so another person must review it (R29).")
    if role not in REVIEWERS:
        raise ReviewRefused("Your role does not include second reviews; ask a clinician or the Caldicott Guardian.")
    if row.status != PENDING:
        raise ReviewRefused(f"This review is already {row.status}; a new release needs a new review.")


def _find(session: Session, job: str, digest: str) -> ReviewRow | None:
    return session.scalar(select(ReviewRow).where(ReviewRow.job == job, ReviewRow.digest == digest))


def _review(row: ReviewRow) -> Review:
    return shaped(Review, row, {"studies": lambda text: tuple(json.loads(text))})
