"""Why nothing leaves beyond direct care at this moment, whatever the patients said (F1, F21)."""

from sqlalchemy.orm import Session

from consent_portal.clock import utc_now
from consent_portal.ledger import store
from consent_portal.ledger.timekeeping import behind, disagreement
from consent_portal.policy.model import Reason


def by_the_clock(session: Session) -> Reason | None:
    """Return the reason where the clock stands before the ledger's last entry (ADR 0124); None where it does not."""
    now, last = utc_now(), store.last_recorded_at(session)
    if last is None or not behind(now, last):
        return None
    text = f"Nothing leaves beyond direct care while the clocks disagree. {disagreement(now, last)}"
    return Reason("F21", text, "architecture.md, step 2")
