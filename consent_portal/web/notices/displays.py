"""The display register: what hangs where, and what of it needs a visit (R85)."""

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from consent_portal.clock import local_day, utc_now
from consent_portal.parts import parts
from consent_portal.publishing import displays, versions
from consent_portal.publishing.displays import Entry
from consent_portal.web.frame.access import allowed, role_of_user
from consent_portal.web.frame.fields import options
from consent_portal.web.notices import site as leaflet
from consent_portal.web.notices.displays_form import ChangeDisplay, DisplayForm
from consent_portal.web.notices.download_form import KINDS, PAPERS
from consent_portal.web.notices.index import EDITORS, READERS

blueprint = Blueprint("displays", __name__, template_folder="templates", url_prefix="/department/displays")


@blueprint.get("")
@allowed(*READERS)
def index() -> str:
    """List the register, what needs a visit first."""
    with parts().database.reading() as session:
        known = versions.were_published(session)
        entries = displays.every(session, known, local_day(utc_now()))
    return render_template(
        "displays/index.html",
        entries=entries,
        late=[one for one in entries if one.reason],
        words={one.id: _words(one) for one in entries},
        may_edit=role_of_user() in EDITORS,
        any_version=bool(known),
    )


def _words(entry: Entry) -> str:
    shown = entry.display
    formats = [_("large print")] * shown.large_print + [_("easy read")] * shown.easy_read
    language = leaflet.spoken().get(shown.language, shown.language)
    return ", ".join((str(KINDS.get(shown.kind, shown.kind)), str(PAPERS[shown.paper]), language, *formats))


def _offer(form: DisplayForm) -> bool:
    """Offer the versions and languages there are; False when nothing was ever published."""
    with parts().database.reading() as session:
        known = versions.were_published(session)
    form.version.choices = options((one.number, _("Version %(number)d", number=one.number)) for one in known)
    form.offer(leaflet.spoken())
    return bool(known)


@blueprint.route("/new", methods=["GET", "POST"])
@allowed(*EDITORS)
def add() -> ResponseReturnValue:
    """Enter a display."""
    form = DisplayForm()
    if not _offer(form):
        flash(_("Publish a version of the notices first: the register says which version hangs where."), "warning")
        return redirect(url_for("displays.index"))
    if form.validate_on_submit():
        with parts().database.writing() as session:
            displays.add(session, form.display(), current_user.username, form.jpeg)
        flash(_("It is in the register."), "success")
        return redirect(url_for("displays.index"))
    return render_template("displays/form.html", form=form, entry=None)


def _entry(number: int) -> Entry:
    with parts().database.reading() as session:
        found = displays.get(session, number, versions.were_published(session), local_day(utc_now()))
    if found is None:
        abort(404)
    return found


@blueprint.route("/<int:number>", methods=["GET", "POST"])
@allowed(*EDITORS)
def change(number: int) -> ResponseReturnValue:
    """Bring a line up to date."""
    entry = _entry(number)
    form = ChangeDisplay(data=_as_form(entry))
    _offer(form)
    if form.validate_on_submit():
        with parts().database.writing() as session:
            displays.change(session, number, form.display(entry.display.photograph), current_user.username, form.jpeg)
        flash(_("The register is up to date."), "success")
        return redirect(url_for("displays.index"))
    return render_template("displays/form.html", form=form, entry=entry)


def _as_form(entry: Entry) -> dict[str, Any]:
    shown = entry.display
    return {**vars(shown), "version": str(shown.version), "kind": shown.kind.value, "paper": shown.paper.value}


@blueprint.get("/<int:number>/photograph.jpg")
@allowed(*READERS)
def photograph(number: int) -> Response:
    """Show the photograph of a line."""
    digest = _entry(number).display.photograph
    with parts().database.reading() as session:
        jpeg = displays.photograph(session, digest) if digest else None
    if jpeg is None:
        abort(404)
    response = make_response(jpeg)
    response.headers["Content-Type"] = "image/jpeg"
    return response
