"""Texts that no ledger can hold, found before anybody is asked: they are the request's fault, not the portal's."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Fault = tuple[str, str]
_STORABLE = re.compile(r"[^\x00\ud800-\udfff]*")
_TOLD = "holds a character that cannot be stored (half of one, or NUL); type it again"
_LONGEST_NAME = 40


def broken_texts(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for each field of `body` with half of a character or a NUL anywhere in it."""
    for name, value in body.items():
        if not all(map(_STORABLE.fullmatch, _texts([name, value]))):
            yield str(name)[:_LONGEST_NAME].encode("ascii", "replace").decode(), _TOLD


def _texts(waiting: list[Any]) -> Iterator[str]:
    """Yield every text within, without recursion: how deep it goes is the sender's choice."""
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, str):
            yield part
