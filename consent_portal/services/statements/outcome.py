"""What an act came to, as a machine reads it: the same from the command line and from the API."""

from typing import Any

from sqlalchemy.orm import Session

from consent_portal.ledger import payloads as p
from consent_portal.ledger.status import LevelStatus
from consent_portal.registers.studies import Study
from consent_portal.services import coverage
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
        **(_not_covered(session, study) if isinstance(act.event.payload, _NO) else {}),
    }


_NO = (p.Refused, p.Withdrawn, p.Objection)


def _not_covered(session: Session, study: Study) -> dict[str, Any]:
    """Return what of the person stays agreed: a no is of what it names, and the patient may have meant more (H8)."""
    agreed = [one.study.study_uid for one in coverage.of_person(session, study) if one.agreed]
    others = len(coverage.of_others(session, study)) if study.key else 0
    return {"still_agreed": agreed, "others_who_may_be_this_patient": others}


def _names(levels: tuple[LevelStatus, ...]) -> list[str]:
    return [str(one.level) for one in levels]
