"""Questions that must be asked before images may be used; the page that a refused export links to."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consent_portal.parts import parts
from consent_portal.tasks import asks
from consent_portal.tasks.asks import Ask
from consent_portal.web.frame.access import CARE, Role, allowed, role_of_user
from consent_portal.web.work import asking
from consent_portal.web.work.answered import recorded_views, told_views
from consent_portal.web.work.forms import CloseAsk
from consent_portal.web.work.present import ask_view, studies_of

blueprint = Blueprint("asks", __name__, template_folder="templates", url_prefix="/asks")

SEE_ALL = frozenset({Role.MEDICAL_ILLUSTRATION, Role.CALDICOTT_GUARDIAN})
READERS = (Role.CLINICIAN, Role.MEDICAL_ILLUSTRATION, Role.CALDICOTT_GUARDIAN, Role.TRAINER)


@blueprint.get("")
@allowed(*READERS)
def index() -> str:
    """List the questions: all of them for those who answer, one's own for those who asked."""
    everything = role_of_user() in SEE_ALL
    only = None if everything else current_user.username
    with parts().database.reading() as session:
        waiting = [ask_view(ask) for ask in asks.waiting(session, only)]
        closed = [ask_view(ask) for ask in asks.closed(session, only)]
        told = told_views(session, current_user.username)
    return render_template(
        "asks/index.html", waiting=waiting, closed=closed, told=told, all_of_them=everything, show=_address
    )


def _address(ask_id: str) -> str:
    return url_for("asks.show", ask=ask_id)


def _mine(session: Session, ask_id: str) -> Ask:
    ask = asks.get(session, ask_id)
    if ask is None or not (role_of_user() in SEE_ALL or ask.requested_by == current_user.username):
        abort(404)
    return ask


@blueprint.get("/<uuid:ask>")
@allowed(*READERS)
def show(ask: Any) -> str:
    """Show who wants what, why it must be asked, and of whom; a trainer sees no names."""
    return _page(str(ask), CloseAsk())


def _page(ask_id: str, form: CloseAsk) -> str:
    role = role_of_user()
    with parts().database.reading() as session:
        found = _mine(session, ask_id)
        studies = studies_of(session, found.studies)
        recorded = recorded_views(session, found)
        before = [ask_view(ask) for ask in asks.asked_before(session, found)]
        leaflet = asking.leaflet(session)
    answers = role is Role.MEDICAL_ILLUSTRATION
    return render_template(
        "asks/show.html",
        ask=ask_view(found, studies),
        recorded=recorded,
        before=before,
        wording=asking.words_for(found) if found.status == asks.OPEN else asking.Wording(),
        leaflet=leaflet,
        form=form if answers and found.status == asks.OPEN else None,
        may_see_patients=role in CARE,
        may_record=answers,
        contact=parts().settings.site.medical_illustration_contact,
    )


@blueprint.post("/<uuid:ask>")
@allowed(Role.MEDICAL_ILLUSTRATION)
def close(ask: Any) -> str | Response:
    """Close a question to which there is no answer; nothing is recorded, so the next request asks again."""
    form = CloseAsk()
    if not form.validate_on_submit():
        return _page(str(ask), form)
    try:
        with parts().database.writing() as session:
            _mine(session, str(ask))
            asks.close(session, str(ask), form.outcome.data, current_user.username, form.note.data or "")
    except ValueError:
        flash(_("Somebody else has closed this question in the meantime."), "warning")
    else:
        flash(_("The question is closed. Whoever asked can read the outcome here."), "success")
    return redirect(url_for("asks.index"))


@blueprint.post("/<uuid:ask>/seen")
@allowed(*READERS)
def seen(ask: Any) -> Response:
    """Note that whoever asked has read the answer: it leaves their list."""
    with parts().database.writing() as session:
        if not asks.acknowledge(session, str(ask), current_user.username):
            abort(404)
    return redirect(url_for("home.dashboard"))
