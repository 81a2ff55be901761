"""What was published cannot be recalled, and the patient is told so on a day (combining rule 7, R19)."""

from sqlalchemy.orm import Session

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import payloads, store
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Event

ANYBODY = frozenset({"medical-illustration", "caldicott-guardian"})
"""Roles that may mark every release; others mark what left at their own request."""


def may_mark(released: Event, user: str, role: str) -> bool:
    """Return whether a person may say that this release was published."""
    payload = released.payload
    if not isinstance(payload, payloads.Released):
        return False
    return role in ANYBODY or payload.sender.casefold() == user.casefold()


def publication_of(session: Session, released: Event) -> payloads.Published | None:
    """Return what is recorded last of a release's publication."""
    found = [
        event.payload
        for event in store.events_about(session, released.patient_key, [released.scope.study_uid])
        if event.supersedes == released.id and isinstance(event.payload, payloads.Published)
    ]
    return found[-1] if found else None


def check(session: Session, released: Event | None, published: payloads.Published) -> None:
    """Refuse what cannot be recorded of a publication.

    Raises
    ------
    Refusal
        When nothing left under that event, without a place, with a day that cannot be, or when it is recorded already.
    """
    if released is None or not isinstance(released.payload, payloads.Released):
        raise Refusal("Only what left can have been published; choose a release under What left.")
    if not published.where.strip():
        raise Refusal("Say where it was published; the patient is told that.")
    before = publication_of(session, released)
    if before is not None and (before.told_on is not None or published.told_on is None):
        raise Refusal("This release is already marked as published; only the day the patient was told can be added.")
    if published.told_on is not None:
        _check_day(released, published)


def _check_day(released: Event, published: payloads.Published) -> None:
    assert published.told_on is not None  # noqa: S101  (the caller has looked)
    if published.told_on > local_day(utc_now()):
        raise Refusal("The day on which the patient was told lies in the future; check the date.")
    if published.told_on < local_day(released.recorded_at):
        raise Refusal("The patient cannot have been told before the copy left; check the date.")
