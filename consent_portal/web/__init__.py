"""Pages for people: sign-in by role, studies and their consent, asks, reviews, and what left."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from consent_portal.database import Database
from consent_portal.settings import Settings
from consent_portal.web.blueprints import BLUEPRINTS
from consent_portal.web.consent import entry_views
from consent_portal.web.frame import (
    access,
    assets,
    departments,
    drafts,
    errors,
    form_tokens,
    headers,
    limits,
    machines,
    templating,
    translations,
    uploads,
)
from consent_portal.web.notices import setup as notices
from consent_portal.web.people import oidc, proxy, signin
from consent_portal.web.people.sessions import Sessions

MAX_FORM_BYTES = 256 * 1024
"""No form of ours comes near it; uploads have their own limits (`consent_portal.web.frame.uploads`)."""


def install(app: Flask, settings: Settings, database: Database) -> None:
    """Add the pages to `app`.

    Parameters
    ----------
    app
        With its secret key and password salt set, and the machine interface registered.
    settings
        Checked settings.
    database
        Migrated database; its `accounts` session is given back by the app at the end of a request.
    """
    app.config.update(_config(settings))
    for blueprint in (assets.blueprint, *BLUEPRINTS):  # first, so that our templates win over those of libraries
        app.register_blueprint(blueprint)
    translations.install(app)
    uploads.install(app, {**notices.LARGEST_FILES, **entry_views.LARGEST_FILES})
    sessions = Sessions(
        database, timedelta(minutes=settings.portal.idle_minutes), timedelta(hours=settings.portal.absolute_hours)
    )
    app.extensions["aoa_sessions"] = sessions
    signin.install(app, database, sessions)
    oidc.install(app, settings)
    proxy.install(app, settings)
    csrf = CSRFProtect(app)
    machines.exempt(app, csrf)
    limits.install(app)
    app.before_request(access.guard)
    departments.install(app, settings.of_departments)
    form_tokens.install(app)
    drafts.install(app)
    headers.install(app, settings.portal.public_url)
    errors.install(app)
    templating.install(app, settings)
    notices.install(app, settings, database)


def _config(settings: Settings) -> dict[str, object]:
    https = urlsplit(settings.portal.public_url).scheme == "https"
    return {
        "SESSION_COOKIE_NAME": "__Host-aoa" if https else "aoa_portal",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",  # a link from Orthanc to a question must find its reader signed in
        "SESSION_COOKIE_PATH": "/",
        "MAX_CONTENT_LENGTH": MAX_FORM_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_FORM_BYTES,
        "WTF_CSRF_TIME_LIMIT": None,  # the token lives as long as the session, which the server ends
        "BABEL_DEFAULT_LOCALE": "en_GB",
        "BABEL_DEFAULT_TIMEZONE": "Europe/London",
        "TEMPLATES_AUTO_RELOAD": False,
    }
