"""The notice on the web: open to everybody, where the poster's QR code leads."""

from flask import Blueprint, Response, abort, make_response, request, url_for

from consent_portal.web import leaflet
from notices import Kind

blueprint = Blueprint("notices", __name__, url_prefix="/notices")
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


def _language_asked(kind: str) -> str:
    language = request.args.get("language", "en")
    if kind not in set(Kind) or language not in leaflet.spoken():
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
    language = _language_asked(kind)
    links = {code: url_for("notices.public", kind=kind, language=code) for code in leaflet.spoken()}
    stylesheet = url_for("notices.style", kind=kind, language=language)
    html = leaflet.page(language, stylesheet, links if len(links) > 1 else {})
    return _public(html, "text/html; charset=utf-8")


@blueprint.get("/<kind>/style.css")
def style(kind: str) -> Response:
    """Serve the notice's style sheet, so that its page needs nothing inline."""
    return _public(leaflet.css(_language_asked(kind)), "text/css; charset=utf-8")
