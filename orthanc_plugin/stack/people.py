"""Who may sign in: the people of a demonstration and the service users of the parts.

The same person has the same user name and password at Orthanc and at the portal (docs/interfaces.md).
"""

import secrets
from collections.abc import Iterable, Mapping

from orthanc_plugin.vocabulary import ROLES

SERVICES = {"aoa-engine": "engine", "aoa-portal": "portal", "aoa-supervisor": "supervisor"}
SUPERVISOR = "aoa-supervisor"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike when read aloud or typed
_BLOCKS = 4
_BLOCK_LENGTH = 4

User = Mapping[str, str]
Users = Mapping[str, User]


def new_password() -> str:
    """Return a random password of 79 bits that can be typed without mistakes, such as ``k7fm-2xqp-9dta-wmr4``."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_BLOCK_LENGTH)) for _ in range(_BLOCKS))


def wanted(demo: bool) -> dict[str, str]:
    """Return the users that an installation begins with, and the role of each.

    Parameters
    ----------
    demo
        Whether every role gets a user of its own name; without, there is the administrator only.
    """
    people: Iterable[str] = ROLES if demo else ("administrator",)
    return {**{role: role for role in people}, **SERVICES}


def completed(present: Users, demo: bool) -> dict[str, User]:
    """Return `present` with the users added that an installation begins with; who is there keeps the password."""
    added = {
        user: {"password": new_password(), "role": role} for user, role in wanted(demo).items() if user not in present
    }
    return {**present, **added}


def logins(users: Users) -> dict[str, dict[str, str]]:
    """Return ``{role: {"user", "password"}}`` of the demonstration's people, as ready.json tells them."""
    return {role: {"user": role, "password": users[role]["password"]} for role in ROLES if role in users}
