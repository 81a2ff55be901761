"""Security headers on every answer (assurance F8, F15)."""

from urllib.parse import urlsplit

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

SCRIPT_MAY_ASK = f"{CONTENT_SECURITY_POLICY}; connect-src 'self'"
"""For a page whose script asks the portal for more; everything else stays as strict as on the others."""

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What every answer carries; a view may set a stricter value of its own."""

PUBLIC_ENDPOINTS = frozenset({"assets.static", "notices.public", "notices.style", "viewer.static"})
"""Answers without data of patients, which a browser may keep."""


def install(app: Flask, public_url: str) -> None:
    """Add the headers to every answer of `app`; Strict-Transport-Security only where people reach it by https."""
    https = urlsplit(public_url).scheme == "https"

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.endpoint not in PUBLIC_ENDPOINTS:
            response.headers["Cache-Control"] = "no-store"
        return response
