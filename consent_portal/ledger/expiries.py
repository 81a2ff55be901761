"""The last days of consents, by an index: what has run out is found without reading the ledger (ADR 0128).

Derived from the events and never asked by a decision, which looks at the days of the consent itself.
"""

from collections.abc import Sequence
from datetime import date
from typing import cast

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from consent_portal.ledger.payloads import Given, Payload
from consent_portal.ledger.rows import ExpiryRow

AT_ONCE = 100
"""How many are noted in one transaction: exports and consent wait for no longer than that."""


def note(session: Session, written: Sequence[tuple[str, Payload]]) -> None:
    """Keep the last day of each consent among what was just written."""
    rows = [
        {"event": number, "last_day": payload.valid_to.isoformat(), "noted": False}
        for number, payload in written
        if isinstance(payload, Given) and payload.valid_to is not None
    ]
    if rows:
        session.execute(cast(Table, ExpiryRow.__table__).insert(), rows)


def ended(session: Session, today: date) -> list[tuple[str, date]]:
    """Return the ids of some consents whose last day has passed and that have no EXPIRED yet, with that day."""
    query = (
        select(ExpiryRow.event, ExpiryRow.last_day)
        .where(ExpiryRow.noted.is_(False), ExpiryRow.last_day < today.isoformat())
        .order_by(ExpiryRow.last_day)
        .limit(AT_ONCE)
    )
    return [(row.event, date.fromisoformat(row.last_day)) for row in session.execute(query)]


def mark(session: Session, events: Sequence[str]) -> None:
    """Say that EXPIRED is written for these."""
    if events:
        session.execute(update(ExpiryRow).where(ExpiryRow.event.in_(events)).values(noted=True))
