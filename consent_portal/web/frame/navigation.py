"""What stands in the navigation, for whom: read from the roles of the views, so that no link leads to a refusal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import OperationalError

from consent_portal.web.frame.access import Role, roles_of

LINKS = (
    ("home.dashboard", _l("Home")),
    ("studies.find", _l("Find a study")),
    ("teaching.find", _l("Find teaching images")),
    ("identity.index", _l("Details disagree")),
    ("asks.index", _l("Questions to ask")),
    ("images.index", _l("Images to look at")),
    ("reviews.index", _l("Held releases")),
    ("releases.index", _l("What left")),
    ("copies.index", _l("Copies to delete")),
    ("recalls.index", _l("Recalls")),
    ("breaches.index", _l("Breaches")),
    ("journal.index", _l("Care reads")),
    ("recipients.index", _l("Recipients")),
    ("ledger.health", _l("Ledger")),
    ("policy.show", _l("Policy")),
    ("leaflets.index", _l("Notices")),
    ("users.index", _l("Users")),
    ("account_changes.index", _l("Account changes")),
    ("system.health", _l("Health")),
)


PART_OF = {
    "notice_settings": "leaflets",
    "notice_reviews": "leaflets",
    "notice_versions": "leaflets",
    "displays": "leaflets",
    "letters": "leaflets",
}
"""Blueprints whose pages stand below another's link."""


_COUNTS: dict[str, Callable[[], int]] = {}


def count_by(endpoint: str, counted: Callable[[], int]) -> None:
    """Let a link say on every page how much waits behind it; `counted` must cost next to nothing."""
    _COUNTS[endpoint] = counted


@dataclass(frozen=True)
class Item:
    """One link of the navigation."""

    label: Any
    href: str
    current: bool
    exact: bool
    count: int = 0
    """How much of it waits for whoever reads."""


def items(role: Role) -> tuple[Item, ...]:
    """Return the links that a role may follow, in their order."""
    return tuple(
        _item(endpoint, label)
        for endpoint, label in LINKS
        if endpoint in current_app.view_functions and role in roles_of(endpoint, current_app)
    )


def _item(endpoint: str, label: Any) -> Item:
    here = request.endpoint or ""
    part = here.split(".", maxsplit=1)[0]
    current = PART_OF.get(part, part) == endpoint.split(".", maxsplit=1)[0]
    return Item(label, url_for(endpoint), current, here == endpoint, _counted(endpoint))


def _counted(endpoint: str) -> int:
    counted = _COUNTS.get(endpoint)
    if counted is None:
        return 0
    try:
        return counted()
    except OperationalError:
        return 0  # the page that says so is drawn with the same navigation
