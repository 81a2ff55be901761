"""One set of certificates for all clients of httpx, which would each read them anew for 25 ms to speak plain HTTP."""

from functools import cache

from httpx._transports import default


def read_once() -> None:
    """Let httpx keep what it made of the certificates for the same arguments."""
    default.create_ssl_context = cache(default.create_ssl_context)  # type: ignore[assignment]  # the same, kept
