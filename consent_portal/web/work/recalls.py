"""Releases that a later withdrawal covers: who has the copy, until when it must be gone, and what came of it (R19)."""

from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consent_portal import daily
from consent_portal.parts import parts
from consent_portal.publishing.press.press import PressAway
from consent_portal.tasks import recalls
from consent_portal.web.frame.access import Role, allowed
from consent_portal.web.work.recall_letter import letter_of
from consent_portal.web.work.recall_words import recall_views
from notices.errors import NoticeError

blueprint = Blueprint("recalls", __name__, url_prefix="/recalls")
LONGEST_NOTE = 300


@blueprint.get("")
@allowed(Role.MEDICAL_ILLUSTRATION, Role.CALDICOTT_GUARDIAN)
def index() -> str:
    """List the recalls that are not finished, the overdue ones first."""
    portal = parts()
    days = portal.settings.portal.recall_days
    daily.look(portal.database, days)  # what has become overdue is on record before anybody reads of it
    with portal.database.reading() as session:
        rows = recall_views(session, recalls.waiting(session), days)
    return render_template("recalls/index.html", recalls=rows, days=days)


@blueprint.post("/<uuid:recall>")
@allowed(Role.MEDICAL_ILLUSTRATION, Role.CALDICOTT_GUARDIAN)
def update(recall: Any) -> Response:
    """Note that the recipient was written to, or has confirmed."""
    note = request.form.get("note", "").strip()[:LONGEST_NOTE]
    try:
        with parts().database.writing() as session:
            recalls.mark(session, str(recall), request.form.get("status", ""), current_user.username, note)
    except LookupError:
        abort(404)
    except ValueError:
        flash(_("That step is not possible: somebody else may have noted it in the meantime."), "warning")
    else:
        flash(_("Noted."), "success")
    return redirect(url_for("recalls.index"))


@blueprint.get("/<uuid:recall>/letter.pdf")
@allowed(Role.MEDICAL_ILLUSTRATION, Role.CALDICOTT_GUARDIAN)
def letter(recall: Any) -> ResponseReturnValue:
    """Hand over the letter to the recipient, ready to print."""
    with parts().database.reading() as session:
        found = letter_of(session, str(recall), parts().settings)
    if found is None:
        abort(404)
    try:
        document = found.pdf()
    except (NoticeError, PressAway) as error:
        flash(str(error), "warning")
        return redirect(url_for("recalls.index"))
    response = make_response(document)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="please-delete.pdf"'
    return response
