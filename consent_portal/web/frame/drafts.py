"""What was typed into a form that came too late: kept for the person who typed it, and given back after signing in.

Sealed under the portal's secret key, never shown to another, gone when the form is sent or after the longest time that
a session can last. Passwords, one-time ones too, files and the confirmation of the right patient are not kept.
"""

import hashlib
import json
from datetime import timedelta

from flask import Flask, Response, current_app, g, request
from flask_security import current_user
from sqlalchemy import String, Text, delete
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import MultiDict

from consent_portal.clock import to_text, utc_now
from consent_portal.database import Base
from consent_portal.parts import parts
from consent_portal.sealing import Sealing
from consent_portal.web.frame import form_tokens
from consent_portal.web.frame.access import KEEP, roles_of

MOST_BYTES = 64 * 1024
ANEW = "anew"
"""In the address of a form: show it empty."""
_NOT_KEPT = frozenset({form_tokens.FIELD, "csrf_token", "right_patient", "credential"})


class Draft(Base):
    """What one person typed at one address."""

    __tablename__ = "draft"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the person and the address."""
    user_id: Mapped[int]
    kept_at: Mapped[str] = mapped_column(String(32), index=True)
    sealed: Mapped[str] = mapped_column(Text)


def keep(sender: int | None = None) -> bool:
    """Keep what the present request typed, for the person whose form it was.

    Parameters
    ----------
    sender : int, optional
        The number of the account that sends it now, where somebody is signed in: another's form is not kept.

    Returns
    -------
    bool
        Whether anything was kept.
    """
    owner = form_tokens.owner_of(request.form.get(form_tokens.FIELD, ""))
    if owner is None or sender not in {None, owner} or not _has_a_form():
        return False
    typed = [(name, value) for name, value in request.form.items(multi=True) if not _is_left_out(name)]
    text = json.dumps(typed)
    if len(text) > MOST_BYTES:
        return False
    with parts().database.writing() as session:
        oldest = utc_now() - timedelta(hours=parts().settings.portal.absolute_hours)
        session.execute(delete(Draft).where(Draft.kept_at < to_text(oldest)))
        sealed = _sealing().seal(text)
        g.draft_kept = True
        session.merge(Draft(id=_id(owner), user_id=owner, kept_at=to_text(utc_now()), sealed=sealed))
    return True


def given_back() -> MultiDict[str, str] | None:
    """Return what the signed-in person typed at this address before, None where nothing is kept."""
    if request.method != "GET" or ANEW in request.args or not current_user.is_authenticated:
        return None
    if "draft" not in g:
        g.draft = _read()
    found: MultiDict[str, str] | None = g.draft
    return found


def install(app: Flask) -> None:
    """Keep what comes too late, give it back on the form's page, and forget it when the form has done its work."""
    app.extensions[KEEP] = keep

    @app.after_request
    def forget(response: Response) -> Response:
        has_led_on = request.method == "POST" and response.status_code == 302 and "draft_kept" not in g
        if has_led_on and current_user.is_authenticated:
            with parts().database.writing() as session:
                session.execute(delete(Draft).where(Draft.id == _id(current_user.id)))
        return response

    @app.context_processor
    def of_this_page() -> dict[str, bool]:
        return {"draft_given_back": bool(g.get("draft"))}


def _has_a_form() -> bool:
    rule = request.url_rule
    return rule is not None and "GET" in (rule.methods or ()) and bool(roles_of(request.endpoint or "", current_app))


def _is_left_out(name: str) -> bool:
    return name in _NOT_KEPT or "password" in name


def _read() -> MultiDict[str, str] | None:
    with parts().database.reading() as session:
        row = session.get(Draft, _id(current_user.id))
    if row is None or row.user_id != current_user.id:
        return None
    text = _sealing().open(row.sealed)
    return MultiDict(json.loads(text)) if text is not None else None


def _id(user_id: int) -> str:
    return hashlib.sha256(f"{user_id}|{request.path}".encode()).hexdigest()


def _sealing() -> Sealing:
    return Sealing(str(current_app.config["SECRET_KEY"]), "aoa drafts")
