"""Whether the ledger is whole."""

from functools import partial
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from consent_portal.ledger import store
from consent_portal.parts import parts
from consent_portal.services.verifying import examine
from consent_portal.services.walking import Standing
from consent_portal.web.frame.access import Role, allowed
from consent_portal.web.frame.templating import moment

blueprint = Blueprint("ledger", __name__, template_folder="templates", url_prefix="/ledger")
A_MOMENT = 2.0
"""Seconds for which the page waits, so that a small ledger is told of at once."""


@blueprint.get("")
@allowed(Role.CALDICOTT_GUARDIAN, Role.ADMINISTRATOR)
def health() -> str:
    """Show how long the ledger is."""
    return _page(parts().walk.standing)


@blueprint.post("")
@allowed(Role.CALDICOTT_GUARDIAN, Role.ADMINISTRATOR)
def verify() -> str:
    """Walk all that proves the record and say what was found; a long one goes on beside the requests."""
    portal, walk = parts(), parts().walk
    thread = walk.start(partial(examine, portal.continuity, copy=portal.settings.portal.anchor_copy, head=""))
    if thread is not None:
        thread.join(timeout=A_MOMENT)
    return _page(walk.standing)


def _page(standing: Standing) -> str:
    portal = parts()
    missing = portal.continuity.gap()
    with portal.database.reading() as session:
        count, head = store.head(session)
        last = store.last_recorded_at(session)
    state: dict[str, Any] = {
        "count": count,
        "head": head if count else _("none"),
        "last_at": moment(last) or _("never"),
    }
    return render_template(
        "ledger/health.html",
        state=state,
        standing=standing,
        report=standing.report,
        checked_at=moment(standing.ended_at),
        missing=missing,
    )
