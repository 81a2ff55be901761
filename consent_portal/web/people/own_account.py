"""One's own password."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consent_portal.web.frame.access import EVERYONE, allowed
from consent_portal.web.frame.limits import count_wrong_password, refuse_guessing
from consent_portal.web.people import accounts as people
from consent_portal.web.people.forms import OwnPassword

blueprint = Blueprint("account", __name__, template_folder="templates", url_prefix="/account")


@blueprint.route("/password", methods=["GET", "POST"])
@allowed(*EVERYONE)
def password() -> str | Response:
    """Change one's own password; every session ends, this one too."""
    form = OwnPassword()
    if form.validate_on_submit():
        refuse_guessing()
        if current_user.verify_and_update_password(form.present_password.data):
            people.set_password(current_user.id, form.new_password.data or "")
            flash(_("Your password is changed. Sign in with the new one."), "success")
            return redirect(url_for("security.login"))
        count_wrong_password()
        form.present_password.errors = [_("That is not your present password. Check it and try again.")]
    return render_template("account/password.html", form=form)
