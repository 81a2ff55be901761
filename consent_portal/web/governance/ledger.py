"""Whether the ledger is whole."""

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from consent_portal.ledger import store
from consent_portal.ledger.chain import Verification
from consent_portal.parts import parts
from consent_portal.web.frame.access import Role, allowed
from consent_portal.web.frame.templating import moment

blueprint = Blueprint("ledger", __name__, template_folder="templates", url_prefix="/ledger")


@blueprint.get("")
@allowed(Role.CALDICOTT_GUARDIAN, Role.ADMINISTRATOR)
def health() -> str:
    """Show how long the ledger is."""
    return _page(None)


@blueprint.post("")
@allowed(Role.CALDICOTT_GUARDIAN, Role.ADMINISTRATOR)
def verify() -> str:
    """Walk the whole chain and say what was found."""
    with parts().database.reading() as session:
        found = store.verify_ledger(session)
    return _page(found)


def _page(verified: Verification | None) -> str:
    with parts().database.reading() as session:
        count, head = store.head(session)
        last = store.last_recorded_at(session)
    state: dict[str, Any] = {
        "count": count,
        "head": head if count else _("none"),
        "last_at": moment(last) or _("never"),
    }
    return render_template("ledger/health.html", state=state, verified=verified)
