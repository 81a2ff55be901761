"""Second reviews: one person cannot both prepare and approve a release to the public (R29)."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.tasks.rows import ReviewRow
from consent_portal.tasks.task import Requested, Task, Tasks

PENDING, APPROVED, REFUSED, OVERTAKEN = "pending", "approved", "refused", "overtaken"
REVIEWERS = frozenset({"clinician", "medical-illustration", "caldicott-guardian"})
"""Roles that may review."""


class ReviewRefused(Exception):  # noqa: N818  (named for the situation)
    """The person may not decide this review; the text says why and who may."""


@dataclass(frozen=True, kw_only=True)
class Wanted(Requested):
    """What a review is opened for; `digest` ties it to exactly this request."""

    job: str


@dataclass(frozen=True, kw_only=True)
class Review(Task):
    """A review, waiting or done. `studies` are register keys; `shown` is the fingerprint of what was approved."""

    job: str
    reviewed_at: str | None
    reviewed_by: str | None
    note: str
    shown: str | None


_REVIEWS = Tasks(ReviewRow, Review, waits=PENDING, ended_at="reviewed_at")


def open_review(session: Session, wanted: Wanted) -> Review:
    """Open the review of a job, or return the one that is there for exactly this request."""
    return _REVIEWS.open(session, wanted, ReviewRow.job == wanted.job)


def waiting(session: Session) -> list[Review]:
    """Return the reviews that nobody has decided, oldest first."""
    return _REVIEWS.waiting(session)


def decided(session: Session, limit: int = 50) -> list[Review]:
    """Return the reviews that were decided last, newest first."""
    return _REVIEWS.done(session, limit=limit)


def get(session: Session, review_id: str) -> Review | None:
    """Return one review."""
    return _REVIEWS.get(session, review_id)


def decide(  # noqa: PLR0913  (one for each thing that a form says)
    session: Session,
    review_id: str,
    *,
    approve: bool,
    user: str,
    role: str,
    note: str = "",
    shown: str | None = None,
) -> Review:
    """Approve or refuse.

    Parameters
    ----------
    shown : str, optional
        Fingerprint of what would leave, as the reviewer saw it.

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
    row.shown = shown if approve else None
    session.flush()
    return _REVIEWS.frozen(row)


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
