"""How an account stands, for whoever decides: asked of the tables, without what signs people in (`accounts`).

Flask-Security takes most of a second to load, and the commands that record consent need nothing else of it.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, column, func, select, table
from sqlalchemy.orm import Session

from consent_portal.asking import Question


@dataclass(frozen=True)
class Standing:
    """How somebody stands now: whether the account is open, its role and its departments."""

    is_open: bool
    role: str
    departments: str = ""


ACCOUNT = table("account", column("id"), column("username"), column("active"), column("departments"))
_ROLE = table("account_role", column("id"), column("name"))
_HELD = table("roles_users", column("user_id"), column("role_id"))
_STANDING = Question(
    select(ACCOUNT.c.active, _ROLE.c.name, ACCOUNT.c.departments)
    .outerjoin_from(ACCOUNT, _HELD, _HELD.c.user_id == ACCOUNT.c.id)
    .outerjoin(_ROLE, _ROLE.c.id == _HELD.c.role_id)
    .where(func.lower(ACCOUNT.c.username) == bindparam("name"))
    .order_by(_ROLE.c.id)
)


def standing_of(session: Session, name: str) -> Standing | None:
    """Return how the account of that name stands now, whatever its capitals; None where there is none."""
    rows = _STANDING.ask(session, name=name.lower())
    return Standing(bool(rows[0][0]), rows[0][1] or "", rows[0][2]) if rows else None
