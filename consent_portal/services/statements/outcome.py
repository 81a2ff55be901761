"""What an act came to, as a machine reads it: the same from the command line and from the API."""

from typing import Any

from sqlalchemy.orm import Session

from consent_portal.ledger.status import LevelStatus
from consent_portal.registers.studies import Study
from consent_portal.services.acts import Act
from consent_portal.services.record_head import head


def told(session: Session, study: Study, act: Act) -> dict[str, Any]:
    """Return the event, what stands now, and what of the act takes no effect."""
    return {
        "event": act.event.id,
        "seq": act.event.seq,
        "type": str(act.event.type),
        "supersedes": act.event.supersedes,
        "levels": {str(level): str(status.state) for level, status in act.status.levels.items()},
        "not_opened": _names(act.effect.not_opened),
        "not_closed": _names(act.effect.not_closed),
        "why": {str(one.level): one.why for one in (*act.effect.not_opened, *act.effect.not_closed)},
        "recalls": [recall.id for recall in act.recalls],
        "answered": [ask.id for ask in act.answered],
        "head": head(session, study),
    }


def _names(levels: tuple[LevelStatus, ...]) -> list[str]:
    return [str(one.level) for one in levels]
