"""Who opened, closed or changed whose account, and when: evidence for the administrator and the Guardian (R69, F13)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from consent_portal.ledger import store
from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.payloads import AccountChange, AccountChanged
from consent_portal.parts import parts
from consent_portal.web.frame.access import ROLE_NAMES, Role, allowed
from consent_portal.web.frame.paging import Page

blueprint = Blueprint("account_changes", __name__, template_folder="templates", url_prefix="/account-changes")


@dataclass(frozen=True)
class Change:
    """One change of an account."""

    at: datetime
    account: str
    what: Any
    by: str


@blueprint.get("")
@allowed(Role.ADMINISTRATOR, Role.CALDICOTT_GUARDIAN)
def index() -> str:
    """List the changes, newest first."""
    with parts().database.reading() as session:
        events = store.events_of_type(session, EventType.ACCOUNT_CHANGED)
    page = Page.of(events[::-1], request.args)
    links = page.links(lambda number: url_for("account_changes.index", page=number), "")
    return render_template("account_changes/index.html", changes=[_change(event) for event in page.rows], page=links)


def _change(event: Event) -> Change:
    payload = event.payload
    assert isinstance(payload, AccountChanged)  # noqa: S101  (the ledger holds no other under this type)
    return Change(event.recorded_at, payload.account, _what(payload), event.recorded_by)


def _what(changed: AccountChanged) -> Any:
    role, former = _role(changed.role), _role(changed.former_role)
    return {
        AccountChange.OPENED: _("Opened: %(role)s", role=role),
        AccountChange.CLOSED: _("Closed"),
        AccountChange.REOPENED: _("Opened again: %(role)s", role=role),
        AccountChange.ROLE: _("Another role: %(role)s, before %(former)s", role=role, former=former),
        AccountChange.DEPARTMENTS: _(
            "Other departments: %(now)s, before %(former)s",
            now=", ".join(changed.departments) or _("none"),
            former=", ".join(changed.former_departments) or _("none"),
        ),
        AccountChange.PASSWORD: _("New password"),
        AccountChange.FACTOR: _("Second factor set up"),
        AccountChange.FACTOR_REMOVED: _("Second factor taken away"),
        AccountChange.FACTOR_RESET: _("Second factor reset: set up anew at the next sign-in"),
        AccountChange.RECOVERY_CODES: _("New recovery codes"),
        AccountChange.RECOVERY_CODE_USED: _("Signed in with a recovery code"),
    }[changed.change]


def _role(name: str) -> str:
    return ROLE_NAMES[Role(name)] if name in set(Role) else name
