"""Opens the ledger of a home: makes one for a new home only, and never takes another for it (ADR 0125)."""

from consent_portal.database import Database
from consent_portal.ledger.anchor import AnchorFile, key_of
from consent_portal.ledger.continuity import Continuity, LedgerClosed
from consent_portal.migrations.run import migrate
from consent_portal.settings import Settings


def continuity_of(settings: Settings, database: Database) -> Continuity:
    """Return what compares the database with what the home wrote down of its ledger."""
    portal = settings.portal
    return Continuity(database, AnchorFile(portal.anchor_file, key_of(portal.secret_key)))


def prepare(continuity: Continuity) -> str:
    """Bring the home's ledger to the newest shape, making it for a new home, and return the step reached.

    Raises
    ------
    LedgerClosed
        When the ledger at hand is not the one that the home had; nothing was made or changed.
    """
    missing = continuity.gap()
    if missing:
        raise LedgerClosed(missing)
    step = migrate(continuity.database)
    continuity.adopt()
    continuity.attach()
    return step
