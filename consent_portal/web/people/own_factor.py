"""One's own second factor: what is set up, new recovery codes, and taking one away (assurance F6)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consent_portal.accounts import User
from consent_portal.parts import parts
from consent_portal.services.users import second_factor as acts
from consent_portal.web.frame.access import EVERYONE, allowed
from consent_portal.web.people import second_factor as factor
from consent_portal.web.people.second_factor_forms import WithPassword

blueprint = Blueprint("own_factor", __name__, template_folder="templates", url_prefix="/account/second-factor")


@blueprint.get("")
@allowed(*EVERYONE)
def show() -> str:
    """Show what is set up."""
    return _page(WithPassword(formdata=None))


@blueprint.post("/codes")
@allowed(*EVERYONE)
def codes() -> str:
    """Make new recovery codes; the old ones count no longer."""
    form = WithPassword()
    if not current_user.has_second_factor or not form.validate_on_submit():
        return _page(form)
    new, one_time = factor.one_time().recovery_codes(), factor.one_time()
    with parts().database.writing() as session:
        own = session.get_one(User, current_user.id)
        acts.renew_codes(session, own, [one_time.digest(code) for code in new], own.username or "")
    return render_template("second_factor/codes.html", codes=new, wanted=url_for("own_factor.show"))


@blueprint.post("/remove")
@allowed(*EVERYONE)
def remove() -> str | Response:
    """Take one away; every session ends, this one too."""
    form, which = WithPassword(), request.form.get("which", "")
    if not form.validate_on_submit():
        return _page(form)
    with parts().database.writing() as session:
        is_gone = _take_away(session, session.get_one(User, current_user.id), which)
    if not is_gone:
        form.form_errors = [_("That is not set up, so nothing was taken away. Here is what is.")]
        return _page(form)
    flash(_("It is taken away. Sign in again."), "success")
    return redirect(url_for("security.login"))


def _take_away(session: Session, own: User, which: str) -> bool:
    by = own.username or ""
    if which == acts.APP:
        return acts.take_away_app(session, own, by)
    return which.isdecimal() and acts.take_away_passkey(session, own, int(which), by)


def _page(form: WithPassword) -> str:
    user: Any = current_user
    parts().database.accounts().refresh(user._get_current_object())
    return render_template(
        "second_factor/own.html",
        form=form,
        user=user,
        app=acts.APP,
        left=len(user.mf_recovery_codes or []),
        party=factor.party(),
        must=factor.must_have(user),
    )
