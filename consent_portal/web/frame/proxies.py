"""From where a request really comes, where trusted proxies stand in front of the portal (assurance F26).

Waitress trusts one address and a fixed number of hops. Here every hop counts that a trusted proxy wrote down: the
client is the first from the right that is no proxy of ours. What anybody else writes into such a header is taken off.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Network = IPv4Network | IPv6Network
USER = "aoa.proxy_user"
"""In the environment of a request: whom a trusted proxy signed in; not there where none says so."""
MOST_HOPS = 32
_FORWARDED = (
    "HTTP_FORWARDED",
    *(f"HTTP_X_FORWARDED_{what}" for what in ("FOR", "BY", "HOST", "PORT", "PREFIX", "PROTO", "SERVER")),
)


class BehindProxies:
    """The portal as trusted proxies reach it.

    Parameters
    ----------
    app
        The portal; it finds the client's address where that of the connection stood, and no forwarding header.
    trusted
        The proxies; none where nothing stands in front.
    user_header
        The header in which they name whom they signed in; empty for none.
    """

    def __init__(self, app: "WSGIApplication", trusted: Sequence[Network], user_header: str) -> None:
        self._app = app
        self._trusted = trusted
        self._user_key = "HTTP_" + user_header.upper().replace("-", "_") if user_header else ""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        peer = str(environ.get("REMOTE_ADDR", ""))
        forwarded = str(environ.get("HTTP_X_FORWARDED_FOR", ""))
        user = environ.pop(self._user_key, None)
        for name in _FORWARDED:
            environ.pop(name, None)
        environ["REMOTE_ADDR"] = client_of(peer, forwarded, self._trusted)
        # A header that was sent twice has a comma by now, and names nobody for certain.
        if user and "," not in user and _is_of(peer, self._trusted):
            environ[USER] = user
        return self._app(environ, start_response)


def client_of(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Return the address of the client, by what trusted proxies wrote down; the other end's where none did.

    Parameters
    ----------
    peer
        The other end of the connection; anything but a trusted proxy is the client itself.
    forwarded
        What ``X-Forwarded-For`` says, each proxy's word at the right of the one before.
    trusted
        All proxies whose word counts.
    """
    client = peer
    for hop in reversed(forwarded.split(",")[-MOST_HOPS:]):
        address = _address(hop)
        if address is None or not _is_of(client, trusted):
            break
        client = str(address)
    return client


def _is_of(address: str, networks: Sequence[Network]) -> bool:
    found = _address(address)
    return found is not None and any(found in network for network in networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address in its one form: an IPv4 address stays one within IPv6."""
    try:
        address = ip_address(text.strip().removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
