"""The register of breaches: what happened, who has the copy, what was done, why it needs nothing more (R56)."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consent_portal import daily
from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import payloads, store
from consent_portal.ledger.events import Event, EventType
from consent_portal.parts import parts
from consent_portal.tasks import breaches
from consent_portal.tasks.breaches import BreachRefused
from consent_portal.web.frame.access import Role, allowed
from consent_portal.web.work.breach_words import breach_page, breach_row
from consent_portal.web.work.forms import CloseBreach, NoteBreach, ReportBreach

blueprint = Blueprint("breaches", __name__, url_prefix="/breaches")
KEEPERS = (Role.MEDICAL_ILLUSTRATION, Role.CALDICOTT_GUARDIAN)


@blueprint.get("")
@allowed(*KEEPERS)
def index() -> str:
    """List the breaches, the open ones first."""
    portal = parts()
    daily.look(portal.database, portal.settings.portal.recall_days)
    with portal.database.reading() as session:
        rows = [breach_row(session, breach) for breach in breaches.every(session)]
    return render_template("breaches/index.html", breaches=rows)


@blueprint.route("/new", methods=["GET", "POST"])
@allowed(*KEEPERS)
def report() -> str | Response:
    """Report a breach; the address may name the release that it is about."""
    form = ReportBreach(found_on=local_day(utc_now()))
    with parts().database.reading() as session:
        released = _released(session, request.args.get("release", ""))
    if form.validate_on_submit():
        with parts().database.writing() as session:
            made = breaches.report(session, form.told(), current_user.username, released)
        flash(_("The breach is recorded."), "success")
        return redirect(url_for("breaches.show", breach=made.id))
    return render_template("breaches/new.html", form=form, about=released)


def _released(session: Session, event_id: str) -> Event | None:
    """Return the release that a breach is about; an address that names another event names nothing."""
    found = store.event(session, event_id) if event_id else None
    if event_id and (found is None or found.type is not EventType.RELEASED):
        abort(404)
    return found


@blueprint.get("/<uuid:breach>")
@allowed(*KEEPERS)
def show(breach: Any) -> str:
    """Show one breach with all that was done."""
    return _page(str(breach), NoteBreach(on=local_day(utc_now())), CloseBreach())


def _page(breach_id: str, note: NoteBreach, close: CloseBreach) -> str:
    with parts().database.reading() as session:
        found = breaches.get(session, breach_id)
        if found is None:
            abort(404)
        view = breach_page(session, found)
    return render_template("breaches/show.html", breach=view, note=note, close=close)


@blueprint.post("/<uuid:breach>/note")
@allowed(*KEEPERS)
def note(breach: Any) -> str | Response:
    """Note what was done."""
    form = NoteBreach()
    if not form.validate_on_submit():
        return _page(str(breach), form, CloseBreach(formdata=None))
    noted = form.noted()
    return _written(str(breach), lambda session, by: breaches.note(session, str(breach), noted, by), _("Noted."))


@blueprint.post("/<uuid:breach>/close")
@allowed(*KEEPERS)
def close(breach: Any) -> str | Response:
    """Close it with the reason."""
    form = CloseBreach()
    if not form.validate_on_submit():
        return _page(str(breach), NoteBreach(formdata=None, on=local_day(utc_now())), form)
    closed = payloads.BreachClosed(reason=form.reason.data or "")
    told = _("The breach is closed. Its record stays.")
    return _written(str(breach), lambda session, by: breaches.close(session, str(breach), closed, by), told)


def _written(breach_id: str, write: Any, told: str) -> Response:
    try:
        with parts().database.writing() as session:
            write(session, current_user.username)
    except LookupError:
        abort(404)
    except BreachRefused as refused:
        flash(str(refused), "warning")
    else:
        flash(told, "success")
    return redirect(url_for("breaches.show", breach=breach_id))
