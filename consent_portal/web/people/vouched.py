"""Signing in on another's word: an issuer or a proxy says who somebody is, the account here says what they may do."""

from typing import Any

from flask import current_app, redirect, session
from flask_babel import gettext as _
from flask_security import login_user, lookup_identity
from werkzeug.wrappers import Response

from consent_portal.accounts import User
from consent_portal.roles import ROLES
from consent_portal.web.frame.templating import capitalise
from consent_portal.web.people import sessions as web_sessions
from consent_portal.web.people.onward import own_page

MOST_LETTERS = 64


def account(name: object) -> User | None:
    """Return the open account of that name, whatever its capitals; None for a closed one, for none, and for no name.

    Letters beyond ASCII must be those of the account itself: some have another letter's small form.
    """
    if not isinstance(name, str) or not 0 < len(name) <= MOST_LETTERS:
        return None
    user = lookup_identity(name)
    if not isinstance(user, User) or not user.active or user.role not in ROLES:
        return None
    return user if name.isascii() or name == user.username else None


def begin(user: User, via: tuple[str, ...], wanted: str | None) -> Response:
    """Sign the person in with a session that nobody knew before, and lead to the page that was wanted."""
    former = session.get(web_sessions.KEY)
    session.clear()
    if former:
        current_app.extensions["aoa_sessions"].end(former, "signed in again")
    login_user(user, remember=False, authn_via=list(via))
    return redirect(own_page(wanted) or "/")


def no_account(name: str) -> Any:
    """Return what somebody reads whom another vouches for and who has no open account here."""
    return _(
        "%(name)s knows you, but you have no open account here. Ask your system administrator to open one under the "
        "user name that you have there.",
        name=capitalise(name),
    )
