"""Releases that a later withdrawal covers: somebody asks for them back and notes the answer."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consent_portal.parts import parts
from consent_portal.tasks import recalls
from consent_portal.web.frame.access import Role, allowed
from consent_portal.web.work.present import recall_views

blueprint = Blueprint("recalls", __name__, template_folder="templates", url_prefix="/recalls")
LONGEST_NOTE = 300


@blueprint.get("")
@allowed(Role.MEDICAL_ILLUSTRATION, Role.CALDICOTT_GUARDIAN)
def index() -> str:
    """List the recalls that are not finished."""
    with parts().database.reading() as session:
        rows = recall_views(session, recalls.waiting(session))
    return render_template("recalls/index.html", recalls=rows)


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
