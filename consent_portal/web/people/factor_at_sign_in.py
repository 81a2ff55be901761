"""The page after the password: a one-time password, a passkey, or a recovery code (assurance F6)."""

from typing import Any

from flask import Blueprint, redirect, render_template, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consent_portal.accounts import User
from consent_portal.parts import parts
from consent_portal.services.users import passkeys
from consent_portal.services.users.second_factor import APP, PASSKEY, RECOVERY_CODE
from consent_portal.web.frame.access import EVERYONE, allowed, halfway
from consent_portal.web.people import accounts as people
from consent_portal.web.people import second_factor as factor
from consent_portal.web.people.second_factor_forms import OneTimePassword, RecoveryCode, Shown

blueprint = Blueprint("second_factor", __name__, template_folder="templates", url_prefix="/second-factor")


@blueprint.route("", methods=["GET", "POST"])
@allowed(*EVERYONE)
def ask() -> str | Response:
    """Ask for the second factor; who has none yet sets one up."""
    user = halfway()
    if user is None or not user.has_second_factor:
        return _not_here(user)
    form = OneTimePassword()
    if not form.validate_on_submit():
        return _page(user, form=form)
    factor.refuse_guessing(user)
    if factor.takes_one_time(user, form.one_time_password.data or ""):
        return _in(user, APP)
    factor.count_wrong(user)
    wrong = _("These digits are wrong, or were used already. Wait until your app shows the next ones.")
    form.one_time_password.errors = [wrong]
    return _page(user, form=form)


@blueprint.post("/recovery")
@allowed(*EVERYONE)
def recover() -> str | Response:
    """Take a recovery code."""
    user, form = halfway(), RecoveryCode()
    if user is None or not user.has_second_factor:
        return _not_here(user)
    if not form.validate_on_submit():
        return _page(user, recovery=form)
    factor.refuse_guessing(user)
    if factor.takes_recovery_code(user, form.recovery_password.data or ""):
        return _in(user, RECOVERY_CODE)
    factor.count_wrong(user)
    form.recovery_password.errors = [_("This is none of your recovery codes, or was used already. Try another.")]
    return _page(user, recovery=form)


@blueprint.post("/passkey")
@allowed(*EVERYONE)
def passkey() -> str | Response:
    """Take what a passkey signed."""
    user, form = halfway(), Shown()
    if user is None or not user.has_second_factor:
        return _not_here(user)
    if not form.validate_on_submit():
        return _page(user, shown=form)
    factor.refuse_guessing(user)
    held, given = parts().database.accounts(), form.credential.data or ""
    if passkeys.is_shown(held, factor.party(), user, factor.challenge(), given):
        return _in(user, PASSKEY)
    factor.count_wrong(user)
    form.form_errors = [_("The portal could not confirm this passkey. Try again, or use another way below.")]
    return _page(user, shown=form)


@blueprint.post("/leave")
@allowed(*EVERYONE)
def leave() -> Response:
    """Give the sign-in up; whoever is signed in already stays so."""
    if halfway():
        people.sessions().end(factor.token(), "signed out")
        session.clear()
    return redirect(url_for("security.login"))


def _not_here(user: User | None) -> Response:
    return factor.led_on() if user is None else redirect(url_for("second_factor.set_up", next=factor.wanted() or None))


def _in(user: User, shown_by: str) -> Response:
    factor.signed_in(user, shown_by)
    return factor.led_on()


def _page(user: User, form: Any = None, recovery: Any = None, shown: Any = None) -> str:
    here = factor.party()
    asks_passkey = bool(user.webauthn) and here.takes_passkeys
    return render_template(
        "second_factor/ask.html",
        has_app=bool(user.tf_totp_secret),
        options=passkeys.assertion(here, user, factor.challenge()) if asks_passkey else "",
        form=form or OneTimePassword(formdata=None),
        recovery=recovery or RecoveryCode(formdata=None),
        shown=shown or Shown(formdata=None),
        wanted=factor.wanted() or None,
    )
