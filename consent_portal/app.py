"""Puts the portal together: `create_app(settings)`."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from consent_portal.database import Database
from consent_portal.engine_pictures import EnginePictures
from consent_portal.orthanc import OrthancClient
from consent_portal.parts import EXTENSION, Parts, parts
from consent_portal.policy.load import load_policy
from consent_portal.services.opening import continuity_of
from consent_portal.settings import Settings

MOST = 2**31 - 1
"""The largest number of a row that any database of ours holds."""

__all__ = ["Parts", "create_app", "parts"]


class Portal(Flask):
    """Flask, without its own note of an unexpected error.

    The exception's text may quote what a person typed or what a statement held; `consent_portal.web.frame.errors` and
    `consent_portal.api.errors` note its kind and its place instead.
    """

    def log_exception(self, exc_info: object) -> None:
        """Note nothing."""


class RowNumber(IntegerConverter):
    """A number in an address that a row can have; any other is no address of ours."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:  # noqa: A002  (the library's name)
        super().__init__(map, *args, **{"max": MOST, **kwargs})


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

    app = Portal("consent_portal", static_folder=None)
    app.url_map.converters["int"] = RowNumber
    app.config["SECRET_KEY"] = settings.portal.secret_key
    app.config["SECURITY_PASSWORD_SALT"] = settings.portal.password_salt
    database = Database(settings.portal.database_url)
    built = Parts(
        settings=settings,
        database=database,
        orthanc=OrthancClient.from_settings(settings.portal),
        policy=load_policy(),
        continuity=continuity_of(settings, database),
        pictures=EnginePictures.from_settings(settings.portal),
    )
    built.continuity.attach()
    app.extensions[EXTENSION] = built
    api.install(app)
    web.install(app, settings, built.database)
    app.teardown_appcontext(lambda _error: built.database.accounts.remove())
    return app
