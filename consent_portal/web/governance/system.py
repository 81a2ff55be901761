"""Whether every part answers, for the administrator; no patient data."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _
from sqlalchemy import text

from consent_portal.migrations.run import newest, present
from consent_portal.parts import parts
from consent_portal.web.frame.access import Role, allowed

blueprint = Blueprint("system", __name__, template_folder="templates", url_prefix="/system")


@dataclass(frozen=True)
class Part:
    """One part and how it is."""

    name: Any
    well: bool
    words: Any


def _part(name: Any, well: bool) -> Part:  # two plain facts
    return Part(name, well, _("Answers") if well else _("Does not answer"))


@blueprint.get("")
@allowed(Role.ADMINISTRATOR)
def health() -> str:
    """Show each part's state."""
    portal = parts()
    with portal.database.reading() as session:
        session.execute(text("SELECT 1"))
    current = present(portal.database) == newest()
    rows = [
        _part(_("Database"), True),
        Part(_("Shape of the database"), current, _("Up to date") if current else _("Needs migrating")),
        _part(_("Orthanc"), portal.orthanc.is_alive()),
    ]
    return render_template("system/health.html", parts=rows)
