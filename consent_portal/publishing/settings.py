"""The settings of the notices: saved ones, of which the newest counts, and trials that somebody only looks at."""

import json
import uuid
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.publishing.rows import SettingsRow, TrialRow
from notices.settings.site import Site

TRIAL_LIVES = timedelta(hours=1)
SUPERSEDED_AFTER = timedelta(minutes=2)
"""How long a trial stays beside a newer one of the same person: its pictures may still be on their way."""


def saved(session: Session) -> Site | None:
    """Return the settings that were saved last; None when nobody has saved any."""
    row = session.scalar(select(SettingsRow).order_by(SettingsRow.id.desc()).limit(1))
    return Site.parse(json.loads(row.data)) if row else None


def save(session: Session, site: Site, by: str) -> None:
    """Save the settings; the earlier ones stay on record."""
    session.add(SettingsRow(saved_at=to_text(utc_now()), saved_by=by, data=json.dumps(site.data())))
    session.flush()


def try_out(session: Session, site: Site, by: str) -> str:
    """Keep settings for a look and return their key; trials that are over are deleted."""
    now = utc_now()
    outlived = (TrialRow.made_by == by) & (TrialRow.made_at < to_text(now - SUPERSEDED_AFTER))
    session.execute(delete(TrialRow).where(outlived | (TrialRow.made_at < to_text(now - TRIAL_LIVES))))
    key = str(uuid.uuid4())
    session.add(TrialRow(id=key, made_at=to_text(now), made_by=by, data=json.dumps(site.data())))
    session.flush()
    return key


def trial(session: Session, key: str, by: str) -> Site | None:
    """Return the settings of a person's own trial."""
    row = session.get(TrialRow, key)
    if row is None or row.made_by != by or row.made_at < to_text(utc_now() - TRIAL_LIVES):
        return None
    return Site.parse(json.loads(row.data))
