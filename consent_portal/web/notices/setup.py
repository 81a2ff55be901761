"""What the pages of the notices hand to the frame: their largest files, their errors, and what they keep at hand."""

import structlog
from flask import Flask, Response, request

from consent_portal.database import Database
from consent_portal.publishing.checking import Checking
from consent_portal.publishing.letters import Runs
from consent_portal.publishing.photograph import MOST_BYTES as PHOTOGRAPH
from consent_portal.publishing.press.press import PressAway
from consent_portal.settings import Settings
from consent_portal.web.frame import errors
from consent_portal.web.notices import letters, site, versions
from notices.merge.tables import MOST_BYTES as LETTERS
from notices.settings.logo import MOST_BYTES as LOGO

LARGEST_FILES = {
    "notice_settings.change": LOGO,
    "notice_settings.preview": LOGO,
    "displays.add": PHOTOGRAPH,
    "displays.change": PHOTOGRAPH,
    "letters.start": LETTERS,
}
"""The largest file of each page that takes one, in bytes."""
log = structlog.get_logger(__name__)


def install(app: Flask, settings: Settings, database: Database) -> None:
    """Give `app` the built-in notice, the checks and letter runs under way, and the page for a press that is away."""
    app.extensions[site.EXTENSION] = site.site_of(settings)
    app.extensions[versions.EXTENSION] = Checking(database)
    app.extensions[letters.EXTENSION] = Runs()
    app.register_error_handler(PressAway, _press_away)


def _press_away(error: PressAway) -> Response:
    log.warning("press away", kind=type(error).__name__, endpoint=request.endpoint)
    return errors.page(503)
