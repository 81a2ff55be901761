"""Copies that a person has and a patient took back: what to delete, and "I have deleted it" (R19, combining rule 7)."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consent_portal.parts import parts
from consent_portal.tasks import recalls
from consent_portal.tasks.recalls import NotYours
from consent_portal.web.frame.access import Role, allowed
from consent_portal.web.work.forms import ConfirmDeletion
from consent_portal.web.work.recall_words import RecallView, recall_views

blueprint = Blueprint("copies", __name__, url_prefix="/copies")
HOLDERS = (Role.CLINICIAN, Role.TRAINER, Role.MEDICAL_ILLUSTRATION, Role.CALDICOTT_GUARDIAN)
"""Roles that can have asked for an export, and so can have a copy."""


def copies_to_delete() -> list[RecallView]:
    """Return the copies that the signed-in person has to delete."""
    portal = parts()
    with portal.database.reading() as session:
        mine = recalls.held_by(session, current_user.username)
        return recall_views(session, mine, portal.settings.portal.recall_days)


@blueprint.get("")
@allowed(*HOLDERS)
def index() -> str:
    """List the copies that this person has to delete."""
    return _page(ConfirmDeletion(), "")


def _page(form: ConfirmDeletion, about: str) -> str:
    return render_template("copies/index.html", recalls=copies_to_delete(), form=form, about=about)


@blueprint.post("/<uuid:recall>/deleted")
@allowed(*HOLDERS)
def deleted(recall: Any) -> str | Response:
    """Note that whoever has the copy has deleted it."""
    form = ConfirmDeletion()
    if not form.validate_on_submit():
        return _page(form, str(recall))
    try:
        with parts().database.writing() as session:
            recalls.confirm_own(session, str(recall), current_user.username, form.note.data or "")
    except (LookupError, NotYours):
        abort(404)
    except ValueError:
        flash(_("This copy was confirmed as deleted already, or it was published meanwhile."), "warning")
    else:
        flash(_("Thank you. It is on record that you have deleted this copy."), "success")
    return redirect(url_for("copies.index"))
