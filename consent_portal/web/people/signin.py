"""Signing in, by Flask-Security-Too: argon2, one message for every failure, only a session opens a page (F5, F7).

Whoever owes a second factor is nobody yet after the password (`consent_portal.web.people.second_factor`).
"""

from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager
from flask_security import LoginForm, Security, hash_password, lookup_identity
from wtforms import StringField
from wtforms.validators import Length

from consent_portal.accounts import datastore
from consent_portal.database import Database
from consent_portal.web.frame.fields import Needed, trim
from consent_portal.web.people import proxy, second_factor
from consent_portal.web.people import sessions as web_sessions
from consent_portal.web.people.sessions import Sessions


def _plain_name(name: str) -> str | None:
    return name if name and len(name) <= 64 else None


CONFIG: dict[str, Any] = {
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"username": {"mapper": _plain_name, "case_insensitive": True}}],
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_LENGTH_MIN": 12,
    "SECURITY_PASSWORD_NORMALIZE_FORM": "NFKC",
    "SECURITY_RETURN_GENERIC_RESPONSES": False,  # SignInForm gives its one message itself, and has no e-mail field
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/login",
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_FRESHNESS_ALLOW_AUTH_TOKEN": False,
    "SECURITY_SEND_REGISTER_EMAIL": False,
    "SECURITY_FLASH_MESSAGES": False,
    "SECURITY_CHANGEABLE": False,
    "SECURITY_STATIC_FOLDER": None,
}


class SignInForm(LoginForm):
    """User name and password; a failure never says which of the two was wrong."""

    email = None  # type: ignore[assignment]  # WTForms' way to take a field away
    remember = None  # type: ignore[assignment]
    username = StringField(_l("User name"), [Needed(_l("Enter your user name.")), Length(max=64)], filters=[trim])

    def validate(self, **kwargs: Any) -> bool:
        """Check the name and the password; every failure takes as long and reads the same."""
        self.ifield = self.username
        self.user = lookup_identity(self.username.data) if self.username.data else None
        if super().validate(**kwargs):
            return True
        if self.username.data and self.password.data:
            self._say_nothing_specific()
        return False

    def _say_nothing_specific(self) -> None:
        self.password.errors = []
        self.username.errors = [_("The user name or the password is wrong. Check both and try again.")]


def _no_tokens(_request: Any) -> None:
    return None


def install(app: Flask, database: Database, sessions: Sessions) -> Security:
    """Let people sign in at `app`; only a session that the server still knows counts as signed in."""
    app.config.update(CONFIG)
    store = datastore(database)
    security = Security(app, store, login_form=SignInForm)
    security.want_json(lambda _request: False)  # no JSON sign-in: it could hand out a token that outlives the session
    manager: LoginManager = app.login_manager  # type: ignore[attr-defined]  # set by Flask-Login
    manager.request_loader(_no_tokens)
    by_uniquifier = manager._user_callback  # Flask-Login has no public name for the loader it was given
    manager.user_loader(_live_only(by_uniquifier, sessions))
    web_sessions.install(app, sessions)
    return security


def _live_only(load: Any, sessions: Sessions) -> Any:
    from flask import session  # noqa: PLC0415

    def load_live(user_id: str) -> Any:
        user = load(user_id)
        row = None if user is None else sessions.live(session.get(web_sessions.KEY), user.id)
        if row is None or not proxy.stands(user):
            return None
        return None if second_factor.is_owed(user, row) else user

    return load_live


__all__ = ["CONFIG", "SignInForm", "hash_password", "install"]
