"""What a value of a setting may be, and how it is read: from the file, or in the form of the environment."""

from contextvars import ContextVar
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
)
from pydantic_settings import (
    NoDecode,
)

from consent_portal.registers.departments import folded
from consent_portal.roles import ROLES

_SQLITE = "sqlite:///"
NATIONS = ("England", "Northern Ireland", "Scotland", "Wales")
SETTINGS_FILE: ContextVar[Path] = ContextVar("settings_file")


def _readable(path: Path) -> Path:
    absolute = SETTINGS_FILE.get().parent / path
    if not absolute.is_file():
        message = f"no readable file at {absolute}; `aoa up` makes it"
        raise ValueError(message)
    return absolute


def _nation(name: str) -> str:
    named = name.strip().lower().replace("-", " ")
    found = [nation for nation in NATIONS if nation.lower() == named]
    if not found:
        message = f"must be one of: {', '.join(NATIONS)}; it says which national rules the notices name"
        raise ValueError(message)
    return found[0]


def _says_something(value: str) -> str:
    if not folded(value):
        message = "a value needs letters or digits; as it is it would fit what says nothing"
        raise ValueError(message)
    return value


def _pairs(value: object) -> object:
    """Take ``name=purpose,name=purpose`` as well: the form that the gate takes from the environment."""
    if not isinstance(value, str):
        return value
    return {name.strip(): purpose.strip() for name, _, purpose in (pair.partition("=") for pair in value.split(","))}


def _listed(value: object) -> object:
    """Take ``one,two`` as well: the form of the environment."""
    return [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else value


def issuer_address(address: str) -> str:
    """Refuse an issuer whose word could be changed on its way (OpenID Connect Discovery 1.0, 3)."""
    parts = urlsplit(address)
    if parts.query or parts.fragment or (parts.scheme != "https" and parts.hostname not in _LOOPBACK):
        message = "must be the issuer's https address as its own settings name it, without ? or #"
        raise ValueError(message)
    return address


def _networks(values: object) -> object:
    """Refuse a network that is everybody: then everybody could say who they are."""
    listed = _listed(values)
    if not isinstance(listed, list):
        return listed
    networks = tuple(_network(str(value)) for value in listed)
    if any(network.prefixlen == 0 for network in networks):
        message = "trusts every address there is; name the addresses of your proxies"
        raise ValueError(message)
    return networks


def _network(value: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(value)
    except ValueError:
        message = f"{value!r} is no address or network such as 10.1.2.3 or 10.1.2.0/24"
        raise ValueError(message) from None


def _roles(value: object) -> object:
    """Take ``role,role`` as well, from the environment; each must be a role that people have."""
    named = [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else value
    if not isinstance(named, list) or not set(named) <= set(ROLES):
        message = f"must be a list of roles: {', '.join(ROLES)}"
        raise ValueError(message)
    return named


def _here(path: Path) -> Path:
    return SETTINGS_FILE.get().parent / path


def _database_here(url: str) -> str:
    path = url.removeprefix(_SQLITE)
    return url if path in {url, ":memory:"} else f"{_SQLITE}{SETTINGS_FILE.get().parent / path}"


_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
TAKEN_HEADERS = frozenset({"authorization", "cookie", "host", "forwarded"})
HttpUrl = Annotated[str, Field(pattern=r"^https?://[^\s]+$")]
SecretFile = Annotated[Path, AfterValidator(_readable)]
DepartmentKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,38}$")]
Values = Annotated[tuple[Annotated[str, AfterValidator(_says_something)], ...], Field()]
Nation = Annotated[str, AfterValidator(_nation)]
Destinations = Annotated[dict[str, str], NoDecode, BeforeValidator(_pairs)]
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)]
Roles = Annotated[frozenset[str], NoDecode, BeforeValidator(_roles)]
HomeFile = Annotated[Path, AfterValidator(_here)]
DatabaseUrl = Annotated[str, Field(min_length=1), AfterValidator(_database_here)]


def secret(path: Path) -> str:
    """Return what a secret's file holds."""
    return path.read_text(encoding="utf-8").strip()
