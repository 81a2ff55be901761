"""Who a request comes from, and what that role may use (`roles.toml`)."""

import base64
import binascii
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Role:
    """A role and the uses (`doors.toml`) it holds.

    Attributes
    ----------
    direct_care
        Native reads give the original and are journalled.
    service
        A program of ours, not a person.
    """

    name: str
    title: str
    direct_care: bool
    service: bool
    uses: frozenset[str]

    def may(self, use: str) -> bool:
        """Return whether the role holds `use`."""
        return use in self.uses


@dataclass(frozen=True)
class Principal:
    """Who sent a request, signed in, with the role that counts now.

    Attributes
    ----------
    current
        Whether the portal told so only seconds ago; while it is away, what it told last holds for direct care alone.
    """

    user: str
    role: Role
    current: bool = True


def load_roles(file: Path | None = None) -> Mapping[str, Role]:
    """Return the roles by their name, from `roles.toml` or another `file` of its shape."""
    text = (file or Path(__file__).with_name("roles.toml")).read_text(encoding="utf-8")
    return {
        name: Role(name, row["title"], bool(row["direct_care"]), bool(row.get("service", False)), frozenset(row["may"]))
        for name, row in tomllib.loads(text).items()
    }


def credentials_of(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """Return user name and password of a basic authentication header (RFC 7617), or None where there is none."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(value.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    user, colon, password = text.partition(":")
    return (user, password) if colon and user else None


def user_of(headers: Mapping[str, str]) -> str | None:
    """Return the user name alone, for requests whose password Orthanc has compared."""
    given = credentials_of(headers)
    return None if given is None else given[0]


class People(Protocol):
    """Knows who sent a request."""

    def of(self, headers: Mapping[str, str], address: str) -> Principal | None:
        """Return who sent a request with these `headers` (names in lower case) from `address`, or None."""

    def known(self, headers: Mapping[str, str]) -> Principal | None:
        """Return the same for a request that has passed the filter already."""


class Principals:
    """People of Orthanc's own list, whose passwords Orthanc compares; a user without a role is nobody."""

    def __init__(self, roles: Mapping[str, Role], role_of_user: Mapping[str, str]) -> None:
        self._principals = {user: Principal(user, roles[role]) for user, role in role_of_user.items()}

    def of(self, headers: Mapping[str, str], address: str = "") -> Principal | None:  # noqa: ARG002 -- as `People`
        """Return who sent a request with these `headers` (names in lower case), or None."""
        return self.known(headers)

    def known(self, headers: Mapping[str, str]) -> Principal | None:
        """Return the same."""
        user = user_of(headers)
        return self._principals.get(user) if user is not None else None
