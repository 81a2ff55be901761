"""The access journal: who looked at which patient's record or images, and when (R69). Append-only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.ledger.rows import AccessRow


@dataclass(frozen=True)
class Access:
    """One look.

    Attributes
    ----------
    action : str
        ``view-study``, ``search``, ``care-read``, ``view-ledger`` ...
    """

    user: str
    role: str
    action: str
    study_key: str | None = None
    patient_key: str | None = None
    detail: Mapping[str, object] | None = None
    at: datetime | None = None


def note(session: Session, access: Access) -> int:
    """Write one entry and return its number. `detail` must not hold names or numbers of patients."""
    now = utc_now()
    row = AccessRow(
        at=to_text(access.at or now),
        recorded_at=to_text(now),
        user=access.user,
        role=access.role,
        action=access.action,
        study_key=access.study_key,
        patient_key=access.patient_key,
        detail=json.dumps(dict(access.detail or {}), sort_keys=True),
    )
    session.add(row)
    session.flush()
    return row.seq


def of_patient(session: Session, patient_key: str, limit: int = 200) -> list[AccessRow]:
    """Return the latest looks at a patient, newest first."""
    query = select(AccessRow).where(AccessRow.patient_key == patient_key).order_by(AccessRow.seq.desc()).limit(limit)
    return list(session.scalars(query))


def latest(session: Session, limit: int = 50, before: int | None = None) -> list[AccessRow]:
    """Return the latest looks at anything, newest first; those numbered below `before` where it is given."""
    query = select(AccessRow).order_by(AccessRow.seq.desc()).limit(limit)
    return list(session.scalars(query if before is None else query.where(AccessRow.seq < before)))
