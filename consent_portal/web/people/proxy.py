"""Signing in on the word of a trusted proxy, which names in a header whom it signed in.

The header opens a session only when the person asks for it, so that signing out is possible; and such a session lasts
only while the proxy goes on naming the same person: at a shared computer the next one is another.
"""

from typing import Any

import structlog
from flask import Blueprint, Flask, abort, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consent_portal.accounts import User
from consent_portal.parts import parts
from consent_portal.settings import Settings
from consent_portal.web.frame.proxies import USER, BehindProxies
from consent_portal.web.frame.templating import capitalise
from consent_portal.web.people import vouched
from consent_portal.web.people.onward import own_page
from consent_portal.web.people.sessions import BY

NAME = "proxy"
blueprint = Blueprint("proxy", __name__, url_prefix="/login/proxy")
log = structlog.get_logger(__name__)


def install(app: Flask, settings: Settings) -> None:
    """Take addresses and names from the proxies that the settings trust, and from nobody else."""
    portal = settings.portal
    app.wsgi_app = BehindProxies(  # type: ignore[method-assign]  # Flask's own way to wrap itself
        app.wsgi_app, portal.trusted_proxies, portal.proxy_user_header
    )
    app.jinja_env.globals.update(proxy_name=portal.proxy_name, proxy_user=named)


def named() -> str | None:
    """Return whom a trusted proxy names in the present request."""
    user: str | None = request.environ.get(USER)
    return user


def stands(user: User) -> bool:
    """Return whether the present session still has the word of a proxy, where it began with one."""
    return NAME not in session.get(BY, ()) or vouched.account(named()) == user


@blueprint.post("")
def sign_in() -> Response:
    """Sign in whom a trusted proxy names, where that person has an open account here."""
    portal = parts().settings.portal
    if not portal.proxy_user_header:
        abort(404)
    wanted = own_page(request.args.get("next")) or "/"
    user = vouched.account(named())
    if user is not None:
        return vouched.begin(user, (NAME,), wanted)
    log.warning("sign-in refused", kind=NAME, outcome="no open account" if named() else "nobody named")
    flash(vouched.no_account(portal.proxy_name) if named() else _nobody(portal.proxy_name), "error")
    return redirect(url_for("security.login", next=wanted if wanted != "/" else None))


def _nobody(name: str) -> Any:
    return _(
        "%(name)s does not say who you are. Sign in there first, or here with your password.", name=capitalise(name)
    )
