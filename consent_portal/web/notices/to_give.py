"""The leaflet that whoever asks a patient prints and gives: the information sheet in force, and no other (R41)."""

from flask import Blueprint, Response, abort, make_response

from consent_portal.parts import parts
from consent_portal.publishing import versions
from consent_portal.publishing.press.paper import Sheet
from consent_portal.web.frame.access import Role, allowed
from consent_portal.web.notices import site as leaflet
from notices import Kind, NoticeError
from notices.outputs import outputs

blueprint = Blueprint("to_give", __name__, url_prefix="/leaflet")
GIVERS = (Role.CLINICIAN, Role.MEDICAL_ILLUSTRATION, Role.CALDICOTT_GUARDIAN, Role.TRAINER)


@blueprint.get("/<language>.pdf")
@allowed(*GIVERS)
def sheet(language: str) -> Response:
    """Hand over the information sheet as PDF; without a published version it says that it is a draft."""
    try:
        response = make_response(_sheet(language).pdf())
    except NoticeError:
        abort(404)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="information-sheet-{language}.pdf"'
    return response


def _sheet(language: str) -> Sheet:
    with parts().database.reading() as session:
        version = versions.in_force(session)
        site = version.site if version else leaflet.site(session)
    if language not in (version.languages if version else leaflet.spoken()):
        abort(404)
    edition = versions.as_approved(version).edition() if version else None
    paper = outputs()[Kind.INFORMATION_SHEET].papers[0]
    return Sheet(site, Kind.INFORMATION_SHEET, paper, language, edition=edition)
