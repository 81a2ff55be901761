"""The notice on the web: open to everybody, where the poster's QR code leads."""

from flask import Blueprint, Response, abort, make_response, request, url_for

from consent_portal.parts import parts
from consent_portal.publishing import versions
from consent_portal.publishing.rows import PageRow
from consent_portal.web.notices import site as leaflet
from notices import Kind

blueprint = Blueprint("notices", __name__, template_folder="templates", url_prefix="/notices")
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",  # the notice's icons are data: addresses in its style sheet
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
KEEP_SECONDS = 600


def _language_asked(kind: str, offered: tuple[str, ...]) -> str:
    language = request.args.get("language") or ("en" if "en" in offered else offered[0])
    if kind not in set(Kind) or language not in offered:
        abort(404)
    return language


def _public(body: str, content_type: str) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = content_type
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = f"public, max-age={KEEP_SECONDS}"
    return response


@blueprint.get("/<kind>")
def public(kind: str) -> Response:
    """Show the web form, which says in full what every kind of notice says in short; no login, no cookies."""
    with parts().database.reading() as session:
        version = versions.in_force(session)
        kept = versions.page(session, version.number, _language_asked(kind, version.languages)) if version else None
    return _public(kept.html if kept else _built_in(kind), "text/html; charset=utf-8")


def _built_in(kind: str) -> str:
    language = _language_asked(kind, tuple(leaflet.spoken()))
    links = {code: url_for("notices.public", kind=kind, language=code) for code in leaflet.spoken()}
    stylesheet = url_for("notices.style", kind=kind, language=language)
    return leaflet.page(language, stylesheet, links if len(links) > 1 else {})


@blueprint.get("/<kind>/style.css")
def style(kind: str) -> Response:
    """Serve the notice's style sheet, so that its page needs nothing inline."""
    number = request.args.get("version", type=int)
    if number is not None:
        return _public(_kept(number).css, "text/css; charset=utf-8")
    return _public(leaflet.css(_language_asked(kind, tuple(leaflet.spoken()))), "text/css; charset=utf-8")


def _kept(number: int) -> PageRow:
    with parts().database.reading() as session:
        found = versions.page(session, number, request.args.get("language", "en"))
    if found is None:
        abort(404)
    return found
