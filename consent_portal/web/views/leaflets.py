"""Notices for the department: choose, look, print."""

from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request

from consent_portal.web import leaflet
from consent_portal.web.access import Role, allowed
from consent_portal.web.forms.leaflets import ChooseNotice
from notices import Kind, NoticeError, check

blueprint = Blueprint("leaflets", __name__, url_prefix="/department/notices")
READERS = (Role.DEPARTMENT_ADMIN, Role.CALDICOTT_GUARDIAN)


def _form() -> ChooseNotice:
    form = ChooseNotice(request.args)
    form.language.choices = list(leaflet.spoken().items())
    form.language.data = form.language.data or "en"
    return form


@blueprint.get("")
@allowed(*READERS)
def index() -> str:
    """Choose a notice, look at it, and find its PDF."""
    form = _form()
    good = form.validate()
    chosen: dict[str, Any] | None = form.choice() if good else None
    problem = _problem(form) if good else ""
    findings = check(leaflet.site(), form.language.data) if good else []
    return render_template("leaflets/index.html", form=form, chosen=chosen, problem=problem, findings=findings)


def _problem(form: ChooseNotice) -> str:
    try:
        _made(form)
    except NoticeError as error:
        return str(error)
    return ""


def _made(form: ChooseNotice) -> bytes:
    return leaflet.pdf(
        Kind(form.kind.data),
        form.on(),
        form.language.data,
        large_print=bool(form.large_print.data),
        easy_read=bool(form.easy_read.data),
    )


def _pdf_or_404() -> tuple[ChooseNotice, bytes]:
    form = _form()
    if not form.validate():
        abort(404)
    try:
        return form, _made(form)
    except NoticeError:
        abort(404)


@blueprint.get("/preview.png")
@allowed(*READERS)
def preview() -> Response:
    """Show the first page as a picture."""
    _chosen, document = _pdf_or_404()
    response = make_response(leaflet.picture(document))
    response.headers["Content-Type"] = "image/png"
    return response


@blueprint.get("/notice.pdf")
@allowed(*READERS)
def download() -> Response:
    """Hand over the PDF."""
    form, document = _pdf_or_404()
    response = make_response(document)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{form.kind.data}-{form.on()}.pdf"'
    return response
