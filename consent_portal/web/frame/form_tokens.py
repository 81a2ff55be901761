"""Each form that is shown is one act: its token is spent by the first sending, and a second is told what that did.

A browser's script guards against a double click, but every page works without script, and *Back* brings an old form
up again. A form that was refused with its faults has done nothing, so its token is free again; any other answer than a
page that leads on counts as that. The token also names whose form it was, so that what came too late can be kept for
that person (`consent_portal.web.frame.drafts`).
"""

import hashlib
import secrets
from datetime import timedelta

from flask import Flask, Response, current_app, flash, g, redirect, request
from flask_babel import gettext as _
from flask_security import current_user
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import String, Text, delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.wrappers import Response as Answer

from consent_portal.clock import to_text, utc_now
from consent_portal.database import Base
from consent_portal.parts import parts
from consent_portal.web.frame import errors
from consent_portal.web.frame.access import MACHINE_BLUEPRINTS, OPEN_ENDPOINTS, SIGNED_IN_ENDPOINTS, halfway

FIELD = "form_token"
_SALT = "form token"
SEARCHES = frozenset({"studies.search", "teaching.search"})
"""Forms that only ask: to send one twice does nothing twice, so nothing is written of it. Whose it is, counts."""


class SentForm(Base):
    """A form that was sent, and where its answer led."""

    __tablename__ = "sent_form"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the token."""
    user_id: Mapped[int]
    sent_at: Mapped[str] = mapped_column(String(32), index=True)
    led_to: Mapped[str | None] = mapped_column(Text)


SENT_TWICE = errors.Explanation(
    _("This form was sent twice"),
    _("The first sending is being worked on, or was interrupted. The second did nothing."),
    _("Open the record's history to see what was recorded before you send it again."),
)


def new_token() -> str:
    """Return the token of a form that is shown to the signed-in person; empty for a person without a login."""
    if not current_user.is_authenticated:
        return ""
    return _signer().dumps([current_user.id, secrets.token_urlsafe(16)])


def owner_of(token: str) -> int | None:
    """Return whose form it was, by the number of the account; None for a token that is not ours."""
    try:
        user_id, _random = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return int(user_id)


def install(app: Flask) -> None:
    """Let `app` take each form once; after the guard, which has refused whoever may not send it."""
    app.jinja_env.globals[FIELD] = new_token
    app.before_request(_spend)
    app.after_request(_note_where_it_led)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=_SALT)


def _is_a_form() -> bool:
    endpoint = request.endpoint
    return not (
        request.method != "POST"
        or endpoint is None
        or endpoint in OPEN_ENDPOINTS | SIGNED_IN_ENDPOINTS
        or request.blueprint in MACHINE_BLUEPRINTS
        or halfway()  # nobody's form yet, as at the sign-in: what it sends can be used once by itself
    )


def _spend() -> Answer | None:
    if not _is_a_form():
        return None
    token = request.form.get(FIELD, "")
    if owner_of(token) != current_user.id:
        return errors.page(400, errors.EXPIRED_FORM)
    if request.endpoint in SEARCHES:
        return None
    key = hashlib.sha256(token.encode()).hexdigest()
    try:
        with parts().database.writing() as session:
            _forget_old(session)
            session.execute(insert(SentForm).values(id=key, user_id=current_user.id, sent_at=to_text(utc_now())))
    except IntegrityError:
        return _answer_again(key)
    g.sent_form = key
    return None


def _forget_old(session: Session) -> None:
    oldest = utc_now() - timedelta(hours=parts().settings.portal.absolute_hours)
    session.execute(delete(SentForm).where(SentForm.sent_at < to_text(oldest)))


def _answer_again(key: str) -> Answer:
    with parts().database.reading() as session:
        row = session.get(SentForm, key)
        led_to = row.led_to if row else None
    if led_to is None:
        return errors.page(409, SENT_TWICE)
    flash(_("This form had been sent already. Here is what it did; the second sending did nothing."), "warning")
    return redirect(led_to)


def _note_where_it_led(response: Response) -> Response:
    key = g.pop("sent_form", None)
    if key is None:
        return response
    with parts().database.writing() as session:
        if 300 <= response.status_code < 400:
            session.execute(update(SentForm).where(SentForm.id == key).values(led_to=response.headers["Location"]))
        else:
            session.execute(delete(SentForm).where(SentForm.id == key))
    return response
