"""The machine interface beside the pages: authenticated by bearer token, without cookies, so without CSRF tokens."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from consent_portal.web.frame.access import MACHINE_BLUEPRINTS


def exempt(app: Flask, csrf: CSRFProtect) -> None:
    """Take the machine interface out of the CSRF check: it never reads the session."""
    for name in MACHINE_BLUEPRINTS:
        if name in app.blueprints:
            csrf.exempt(app.blueprints[name])
