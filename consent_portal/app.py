"""Puts the portal together: `create_app(settings)`."""

from flask import Flask

from consent_portal.database import Database
from consent_portal.orthanc import OrthancClient
from consent_portal.parts import EXTENSION, Parts, parts
from consent_portal.policy.load import load_policy
from consent_portal.settings import Settings

__all__ = ["Parts", "create_app", "parts"]


def create_app(settings: Settings) -> Flask:
    """Build the portal.

    Parameters
    ----------
    settings : Settings
        Checked settings; see `Settings.load`.

    Returns
    -------
    Flask
        The application. Its database must have been migrated (``python -m consent_portal migrate``).
    """
    from consent_portal import api, web  # noqa: PLC0415  (their views import `parts` from here)

    app = Flask("consent_portal", static_folder=None)
    app.config["SECRET_KEY"] = settings.portal.secret_key
    app.config["SECURITY_PASSWORD_SALT"] = settings.portal.password_salt
    built = Parts(
        settings=settings,
        database=Database(settings.portal.database_url),
        orthanc=OrthancClient.from_settings(settings.portal),
        policy=load_policy(),
    )
    app.extensions[EXTENSION] = built
    api.install(app)
    web.install(app, settings, built.database)
    app.teardown_appcontext(lambda _error: built.database.accounts.remove())
    return app
