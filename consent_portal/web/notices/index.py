"""Notices for the department: choose, look, print. What is approved carries its version, anything else says draft."""

from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_babel import gettext as _

from consent_portal.parts import parts
from consent_portal.publishing import versions
from consent_portal.publishing.press.paper import Sheet
from consent_portal.publishing.press.press import PressAway
from consent_portal.web.frame.access import Role, allowed
from consent_portal.web.frame.fields import options
from consent_portal.web.notices import site as leaflet
from consent_portal.web.notices.download_form import ChooseNotice
from notices import NoticeError, Site
from notices.versions import State, Version

blueprint = Blueprint("leaflets", __name__, template_folder="templates", url_prefix="/department/notices")
EDITORS = (Role.DEPARTMENT_ADMIN, Role.MEDICAL_ILLUSTRATION)
READERS = (*EDITORS, Role.CALDICOTT_GUARDIAN)
DRAFT = "draft"
PRINTABLE = frozenset({State.APPROVED, State.PUBLISHED})


def _form() -> tuple[ChooseNotice, Version | None, Site]:
    """Return the form, the version that was chosen (None for the settings as they are now) and whom it speaks for."""
    form = ChooseNotice(request.args)
    with parts().database.reading() as session:
        known = [one for one in versions.every(session) if one.state in PRINTABLE]
        now = leaflet.site(session)
    first = next((one for one in known if one.state is State.PUBLISHED), None)
    form.version.choices = options([*((one.number, _named(one)) for one in known), (DRAFT, _("Draft: as set now"))])
    form.version.data = form.version.data or (str(first.number) if first else DRAFT)
    chosen = next((one for one in known if str(one.number) == form.version.data), None)
    spoken = leaflet.spoken()
    form.offer({code: spoken[code] for code in (chosen.languages if chosen else spoken) if code in spoken})
    return form, chosen, chosen.site if chosen else now


def _named(version: Version) -> str:
    if version.state is State.PUBLISHED:
        return str(_("Version %(number)d, published", number=version.number))
    return str(_("Version %(number)d, approved", number=version.number))


@blueprint.get("")
@allowed(*READERS)
def index() -> str:
    """Choose a notice, look at it, and find its PDF."""
    form, version, site = _form()
    good = form.validate()
    problem = _problem(form, version, site) if good else ""
    chosen: dict[str, Any] | None = form.choice() if good else None
    return render_template("leaflets/index.html", form=form, chosen=chosen, problem=problem, version=version)


def _problem(form: ChooseNotice, version: Version | None, site: Site) -> str:
    try:
        _sheet(form, version, site).pages()
    except (NoticeError, PressAway) as error:
        return str(error)
    return ""


def _sheet(form: ChooseNotice, version: Version | None, site: Site) -> Sheet:
    edition = versions.as_approved(version).edition() if version else None
    return form.sheet(site, edition, print_ready=bool(form.print_ready.data))


def _sheet_or_404() -> Sheet:
    form, version, site = _form()
    if not form.validate():
        abort(404)
    try:
        return _sheet(form, version, site)
    except NoticeError:
        abort(404)


@blueprint.get("/preview.png")
@allowed(*READERS)
def preview() -> Response:
    """Show the first page as a picture."""
    return picture_of(_sheet_or_404())


def picture_of(sheet: Sheet, page: int = 0) -> Response:
    """Return one page as a picture, or 404 when there is none."""
    try:
        response = make_response(sheet.picture(page))
    except NoticeError:
        abort(404)
    response.headers["Content-Type"] = "image/png"
    return response


@blueprint.get("/notice.pdf")
@allowed(*READERS)
def download() -> Response:
    """Hand over the PDF."""
    sheet = _sheet_or_404()
    try:
        response = make_response(sheet.pdf())
    except NoticeError:
        abort(404)
    response.headers["Content-Type"] = "application/pdf"
    named = "-".join((sheet.kind, sheet.paper, sheet.language))
    response.headers["Content-Disposition"] = f'attachment; filename="{named}.pdf"'
    return response
