"""Setting a second factor up: by whoever is signed in, or has just given a password and has none (assurance F6).

Somebody who has one already and shows it not can set up no other: a password alone never adds a way in.
"""

from io import BytesIO
from typing import Any

import segno
from flask import Response as Drawing
from flask import abort, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consent_portal.accounts import User
from consent_portal.parts import parts
from consent_portal.services.users import passkeys
from consent_portal.services.users import second_factor as acts
from consent_portal.web.frame.access import EVERYONE, allowed, halfway
from consent_portal.web.people import second_factor as factor
from consent_portal.web.people.factor_at_sign_in import blueprint
from consent_portal.web.people.second_factor_forms import NewPasskey, OneTimePassword, with_password


def _who() -> User | None:
    """Return who may set one up now."""
    if current_user.is_authenticated:
        found: User = current_user._get_current_object()
        return found
    waiting: User | None = halfway()
    return waiting if waiting is not None and not waiting.has_second_factor else None


def _elsewhere() -> Response:
    return redirect(url_for("second_factor.ask", next=factor.wanted() or None))


@blueprint.get("/set-up")
@allowed(*EVERYONE)
def set_up() -> str | Response:
    """Let the person choose between an authenticator app and a passkey."""
    user = _who()
    if user is None:
        return _elsewhere()
    here = factor.party()
    return render_template(
        "second_factor/set_up.html", must=factor.must_have(user), party=here, wanted=factor.wanted() or None
    )


@blueprint.route("/app", methods=["GET", "POST"])
@allowed(*EVERYONE)
def app() -> str | Response:
    """Set an authenticator app up: its secret is shown here and never again, and proven by what the app shows."""
    user = _who()
    if user is None:
        return _elsewhere()
    form, sealed = with_password(OneTimePassword), factor.one_time().of_session(factor.token())
    if form.validate_on_submit():
        factor.refuse_guessing(user)
        if factor.one_time().take(form.one_time_password.data or "", sealed, user):
            return _done(user, acts.APP, lambda *told: acts.set_up_app(told[0], told[1], sealed, *told[2:]))
        factor.count_wrong(user)
        form.one_time_password.errors = [_("These are not the digits that the app should show now. Try the next ones.")]
    key = factor.one_time().get_totp_pretty_key(sealed)
    return render_template("second_factor/app.html", form=form, key=key, wanted=factor.wanted() or None)


@blueprint.get("/app/code.svg")
@allowed(*EVERYONE)
def app_code() -> Response:
    """Draw the secret of the app that is being set up as a QR code, here and by nobody else."""
    user = _who()
    if user is None:
        return _elsewhere()
    held, one_time = BytesIO(), factor.one_time()
    address = one_time.get_totp_uri(user.username or "", one_time.of_session(factor.token()))
    segno.make(address, error="m").save(held, "svg", scale=5)
    return Drawing(held.getvalue(), mimetype="image/svg+xml")


@blueprint.route("/new-passkey", methods=["GET", "POST"])
@allowed(*EVERYONE)
def new_passkey() -> str | Response:
    """Set a passkey up; where browsers make none, the page before says so."""
    user, here = _who(), factor.party()
    if user is None:
        return _elsewhere()
    if not here.takes_passkeys:
        return redirect(url_for("second_factor.set_up", next=factor.wanted() or None))
    form = with_password(NewPasskey)
    if form.validate_on_submit():
        made = passkeys.created(here, factor.challenge(), form.credential.data or "", form.name.data or "")
        if made is not None:
            return _done(user, acts.PASSKEY, lambda *told: acts.add_passkey(told[0], told[1], made, *told[2:]))
        form.form_errors = [_("The portal could not confirm this passkey. Nothing was set up: try again.")]
    options = passkeys.creation(here, user, factor.challenge(), factor.one_time().handle(user))
    return render_template("second_factor/new_passkey.html", form=form, options=options, wanted=factor.wanted() or None)


def _done(user: User, shown_by: str, act: Any) -> str | Response:
    """Write it down, sign the person in anew with it, and show the recovery codes once, where there are new ones."""
    codes = [] if user.has_second_factor else factor.one_time().recovery_codes()
    with parts().database.writing() as session:
        own = session.get_one(User, user.id)
        if codes and own.has_second_factor:
            abort(409)  # set up meanwhile in another browser, which has the recovery codes
        act(session, own, [factor.one_time().digest(code) for code in codes], own.username or "")
    factor.signed_in(user, shown_by)
    return _codes(codes) if codes else redirect(url_for("own_factor.show"))


def _codes(codes: list[str]) -> str:
    return render_template("second_factor/codes.html", codes=codes, wanted=factor.wanted() or url_for("home.dashboard"))
