"""Who owes a second factor, and what counts as showing one (assurance F6; ADR 0149).

A password alone starts a session that is nobody's: the loader of Flask-Login (`consent_portal.web.people.signin`) gives
no user for it while a second factor is owed, so whatever needs a user stays shut, however somebody signed in.
"""

import structlog
from flask import abort, g, redirect, request, session, url_for
from flask_security import login_user
from werkzeug.wrappers import Response

from consent_portal.accounts import User
from consent_portal.parts import parts
from consent_portal.services.users import second_factor as acts
from consent_portal.services.users.browsers import WebSession
from consent_portal.services.users.one_time import OneTimePasswords
from consent_portal.services.users.passkeys import RelyingParty, relying_party
from consent_portal.web.frame.access import HALFWAY
from consent_portal.web.people.onward import own_page
from consent_portal.web.people.sessions import BY, KEY

log = structlog.get_logger(__name__)


def is_owed(user: User, row: WebSession) -> bool:
    """Return whether this session has to show a second factor before it is anybody's; `access.halfway` has whose."""
    owed = row.factor_at is None and (user.has_second_factor or must_have(user))
    if owed:
        setattr(g, HALFWAY, user)
    return owed


def must_have(user: User) -> bool:
    """Return whether a role obliges the person to a second factor."""
    return user.role in parts().settings.portal.second_factor_roles


def one_time() -> OneTimePasswords:
    """Return what makes and checks one-time passwords here."""
    return OneTimePasswords(parts().settings.portal.secret_key, parts().database)


def party() -> RelyingParty:
    """Return the portal as passkeys know it."""
    return relying_party(parts().settings.portal.public_url)


def token() -> str:
    """Return the token of the present session."""
    return str(session.get(KEY, ""))


def challenge() -> bytes:
    """Return what a passkey signs in the present session."""
    return one_time().challenge(token())


def refuse_guessing(user: User) -> None:
    """Answer 429 after too many wrong ones, from this address as for passwords (F26), or for the account at all.

    Only who knows the password comes this far, so nobody else can lock a colleague out.
    """
    address, guesses = request.remote_addr or "", parts().guesses
    if guesses.are_too_many(user.username or "", address) or guesses.are_too_many_again(user.id):
        log.warning("too many wrong passwords", door="portal", address=address)
        abort(429)


def count_wrong(user: User) -> None:
    """Count a wrong second factor, in the one count of wrong passwords."""
    parts().guesses.note(user.username or "", request.remote_addr or "")
    parts().guesses.note_again(user.id)


def takes_one_time(user: User, password: str) -> bool:
    """Return whether the one-time password is the one of the person's app now; it counts once."""
    return bool(user.tf_totp_secret) and one_time().take(password, user.tf_totp_secret or "", user)


def takes_recovery_code(user: User, code: str) -> bool:
    """Return whether it is one of the person's recovery codes; it counts once, and using it is an event."""
    with parts().database.writing() as writing:
        return acts.use_code(writing, writing.get_one(User, user.id), one_time().digest(code))


def signed_in(user: User, shown_by: str) -> None:
    """Begin a new session, which has shown its second factor; the one it was shown in ends.

    How that one began goes on to count: a proxy's word must still stand.
    """
    parts().database.accounts().refresh(user)
    login_user(user, authn_via=[*session.get(BY, ["password"]), shown_by])


def led_on() -> Response:
    """Lead to the page that was wanted before, where it is one of ours."""
    return redirect(wanted() or url_for("home.dashboard"))


def wanted() -> str:
    """Return the page that was wanted before, empty for none; an address elsewhere is none."""
    return own_page(request.args.get("next"))
