"""From where a request comes when trusted proxies stand before Orthanc: wrong passwords are counted by client (F26).

The portal has the same rule (`consent_portal.web.frame.proxies`), and the packages share no code (docs/decisions/0002).
"""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
_FORWARDED = "x-forwarded-for"
_MOST_HOPS = 32


def network(text: str) -> Network:
    """Return an address or a network.

    Raises
    ------
    ValueError
        If the text is none, or is every address there is.
    """
    found = ip_network(text)
    if found.prefixlen == 0:
        raise ValueError("every address")
    return found


def client_of(peer: str, headers: Mapping[str, str], trusted: Sequence[Network]) -> str:
    """Return the address of the client: the first from the right that is no trusted proxy, in what proxies wrote.

    Parameters
    ----------
    peer
        The other end of the connection; anything but a trusted proxy is the client itself.
    headers
        Their names in lower case.
    trusted
        The proxies whose word counts.
    """
    client = peer
    for hop in reversed(headers.get(_FORWARDED, "").split(",")[-_MOST_HOPS:]):
        address = _address(hop)
        if address is None or not _is_of(client, trusted):
            break
        client = str(address)
    return client


def _is_of(text: str, networks: Sequence[Network]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip().removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
