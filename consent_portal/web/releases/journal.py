"""Who looked at whose record or images, for the Caldicott Guardian (R69)."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from consent_portal.ledger import journal
from consent_portal.ledger.rows import AccessRow
from consent_portal.parts import parts
from consent_portal.registers import studies as register
from consent_portal.web.frame.access import ROLE_NAMES, Role, allowed
from consent_portal.web.frame.paging import ROWS, Links
from consent_portal.web.identity.study_words import study_view

blueprint = Blueprint("journal", __name__, template_folder="templates", url_prefix="/journal")
ACTIONS = {
    "care-read": _l("Original opened in Orthanc for direct care"),
    "view-study": _l("Study and consent opened in the portal"),
    "list-held-images": _l("List of a study's held images opened in the portal"),
    "view-held-images": _l("A study's held images looked at in the portal"),
    "view-held-image": _l("A held image looked at in the portal"),
    "view-release": _l("Pictures of a held release looked at in the portal"),
    "view-releases": _l("Releases of a patient opened in the portal"),
    "search": _l("Searched for studies"),
    "review-images": _l("Held images looked at and decided"),
}


@dataclass(frozen=True)
class Entry:
    """One look."""

    at: str
    user: str
    role_words: Any
    what: Any
    study_key: str | None
    study_words: str


@blueprint.get("")
@allowed(Role.CALDICOTT_GUARDIAN)
def index() -> str:
    """List the looks, newest first."""
    text = request.args.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
    with parts().database.reading() as session:
        rows = journal.latest(session, ROWS, before)
        entries = [_entry(session, row) for row in rows]
    older = url_for("journal.index", before=rows[-1].seq) if len(rows) == ROWS else None
    newer = url_for("journal.index") if before else None
    return render_template("journal/index.html", entries=entries, page=Links(newer, older, ""))


def _entry(session: Session, row: AccessRow) -> Entry:
    study = register.by_key(session, row.study_key) if row.study_key else None
    known = row.role in set(Role)
    return Entry(
        at=row.at,
        user=row.user,
        role_words=ROLE_NAMES[Role(row.role)] if known else row.role,
        what=_what(row),
        study_key=study.key if study else None,
        study_words=study_view(study).what if study else "",
    )


def _what(row: AccessRow) -> str:
    words = str(ACTIONS.get(row.action, row.action))
    door = json.loads(row.detail).get("door", "")
    return f"{words} ({door})" if door else words
