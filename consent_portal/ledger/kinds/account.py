"""ACCOUNT_CHANGED: somebody's account was opened, closed, or given another role, password or second factor (R69).

It is about no patient.
"""

from enum import StrEnum

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary
from consent_portal.ledger.payload import Payload


class AccountChange(StrEnum):
    """What can happen to somebody's account."""

    OPENED = "opened"
    CLOSED = "closed"
    REOPENED = "reopened"
    ROLE = "role"
    DEPARTMENTS = "departments"
    PASSWORD = "password"  # noqa: S105 -- the word, not one
    FACTOR = "second-factor"
    FACTOR_REMOVED = "second-factor-removed"
    FACTOR_RESET = "second-factor-reset"
    RECOVERY_CODES = "recovery-codes"
    RECOVERY_CODE_USED = "recovery-code-used"


class AccountChanged(Payload):
    """Whose account, and what happened to it."""

    account: str
    change: AccountChange
    role: str
    """The role that it has from then on."""
    former_role: str = ""
    """The role it had, where that changed."""
    departments: tuple[str, ...] = ()
    """The departments that it has from then on (ADR 0153)."""
    former_departments: tuple[str, ...] = ()
    """Those it had, where they changed."""


def _summary(changed: AccountChanged) -> Summary:
    return Summary(text=f"{changed.account}: {changed.change}")


def _facts(changed: AccountChanged) -> Facts:
    return (
        Fact("Account", changed.account),
        Fact("Role", changed.role),
        Fact("Role before", changed.former_role),
        Fact("Departments", ", ".join(changed.departments)),
        Fact("Departments before", ", ".join(changed.former_departments)),
    )


ACCOUNT_CHANGED = EventKind(
    EventType.ACCOUNT_CHANGED, AccountChanged, "Change of an account", summary=_summary, facts=_facts
)
