"""Signing in at an OpenID Connect issuer: there, and back with a proof of who it was."""

from typing import Any

import structlog
from flask import Blueprint, Flask, abort, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consent_portal.parts import parts
from consent_portal.services.users.second_factor import AT_ISSUER
from consent_portal.settings import Settings
from consent_portal.web.frame.templating import capitalise
from consent_portal.web.people import vouched
from consent_portal.web.people.issuer import NAME, Issuer, IssuerAway, NotProven
from consent_portal.web.people.onward import own_page
from consent_portal.web.people.sessions import BY

blueprint = Blueprint("oidc", __name__, url_prefix="/login/oidc")
log = structlog.get_logger(__name__)
_EXTENSION = "aoa_issuer"
_NEXT = "aoa_oidc_next"


def install(app: Flask, settings: Settings) -> None:
    """Let people sign in at the issuer that the settings name, where they name one."""
    app.extensions[_EXTENSION] = Issuer(app, settings.oidc) if settings.oidc else None
    app.jinja_env.globals["issuer_name"] = settings.oidc.name if settings.oidc else ""
    app.jinja_env.globals["still_at_issuer"] = lambda: NAME in session.get(BY, ())


@blueprint.get("")
def start() -> Response:
    """Lead to the issuer; what has to come back the same is in the browser's own session until then."""
    issuer = _issuer()
    wanted = own_page(request.args.get("next")) or "/"
    if current_user.is_authenticated:
        return redirect(wanted)
    _forget_earlier()
    session[_NEXT] = wanted
    try:
        answer: Response = issuer.redirect(_outside("oidc.callback"))
    except (IssuerAway, NotProven) as fault:
        return _back(_why(issuer, fault), wanted)
    return answer


@blueprint.get("/callback")
def callback() -> Response:
    """Sign in whom the issuer proves, where that person has an open account here."""
    issuer = _issuer()
    wanted = own_page(session.pop(_NEXT, None)) or "/"
    try:
        proof = issuer.proof()
    except (IssuerAway, NotProven) as fault:
        return _back(_why(issuer, fault), wanted)
    finally:
        _forget_earlier()
    user = vouched.account(proof.user)
    if user is None:
        log.warning("sign-in refused", kind=NAME, outcome="no open account")
        return _back(vouched.no_account(issuer.name), wanted)
    return vouched.begin(user, (NAME, AT_ISSUER) if proof.second_factor else (NAME,), wanted)


@blueprint.get("/sign-out")
def sign_out() -> Response:
    """Lead somebody who is signed out here to the issuer's own sign-out."""
    issuer = _issuer()
    session.pop(BY, None)
    try:
        answer: Response = issuer.redirect_to_sign_out(_outside("security.login"))
    except (IssuerAway, NotProven):
        return _back(_no_way_out(issuer.name), "/")
    return answer


def _issuer() -> Issuer:
    issuer: Issuer | None = current_app.extensions[_EXTENSION]
    if issuer is None:
        abort(404)
    return issuer


def _outside(endpoint: str) -> str:
    """Return an address of ours as people see it, whatever name a request used for us."""
    return parts().settings.portal.public_url.rstrip("/") + url_for(endpoint, _external=False)


def _forget_earlier() -> None:
    for key in [key for key in session if key.startswith(f"_state_{NAME}_")]:
        session.pop(key)


def _why(issuer: Issuer, fault: IssuerAway | NotProven) -> Any:
    log.warning("sign-in refused", kind=NAME, outcome=str(fault) or "away")
    if isinstance(fault, IssuerAway):
        return _(
            "%(name)s does not answer, so nobody can sign in there now. Try again in a few minutes, or sign in here "
            "with your password.",
            name=capitalise(issuer.name),
        )
    return _(
        "What came back from %(name)s does not prove who you are, so you are not signed in. Start again from this "
        "page. If it happens again, tell your system administrator.",
        name=issuer.name,
    )


def _no_way_out(name: str) -> Any:
    return _("%(name)s cannot be told to sign you out. Close the browser before you leave it.", name=capitalise(name))


def _back(message: str, wanted: str) -> Response:
    flash(message, "error")
    return redirect(url_for("security.login", next=wanted if wanted != "/" else None))
