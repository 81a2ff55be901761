"""A withdrawal as its form sends it, recalls that are older than they are, and a recipient outside."""

from datetime import timedelta

from consent_portal.clock import local_day, to_text, utc_now
from consent_portal.database import Database
from consent_portal.registers import recipients
from consent_portal.registers.recipients import Recipient, RecipientKind

TAKEN_BACK = {
    "right_patient": "y",
    "everything": "all",
    "told_by": "patient",
    "told_on": local_day(utc_now()).isoformat(),
    "received": "by telephone",
    "scope": "study",
    "reason": "No reason given",
}
"""A withdrawal of every use of one study, told today, as its form sends it."""
OUTSIDE = Recipient(
    "city-university",
    "City University, School of Radiography",
    RecipientKind.UNIVERSITY,
    address="Dr Jo Example\n1 Sample Street\nBelfast BT1 1AA",
)


def age_recalls(database: Database, days: int) -> None:
    """Let every recall have been opened so many days ago."""
    with database.engine.begin() as connection:
        opened = to_text(utc_now() - timedelta(days=days))
        connection.exec_driver_sql(f"UPDATE recall SET opened_at = '{opened}'")


def register_outside(database: Database) -> Recipient:
    """Enter a university."""
    with database.writing() as session:
        return recipients.save(session, OUTSIDE, "admin")
