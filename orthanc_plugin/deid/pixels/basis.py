"""What a person's decision about an image rests on: the image, the rules of looking, and why it was held.

Another file, other rules or another reason: another basis, and whoever decided is asked again.
"""

import hashlib
import mmap
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from orthanc_plugin.deid.pixels.devices import in_force

LOOKING = 2
"""Raise it with a change of the code that finds, reads or judges writing or faces so that more or less is found."""

_ROOM = "orthanc_plugin.deid.pixels"
_DATA = (".toml", ".onnx", ".npz")


def rules_digest() -> str:
    """Return 64 hexadecimal characters for all that makes a look at pixels what it is.

    These are `LOOKING`, the device rules, ours and the site's, the words that may stay, the kinds that a person has to
    look at, our own networks and templates, and the pinned hashes of those of other packages.
    """
    return hashlib.sha256(f"{_packaged()} {in_force().site}".encode()).hexdigest()


@cache
def _packaged() -> str:
    digest = hashlib.sha256(b"looking %d" % LOOKING)
    for name, data in sorted(_below(files(_ROOM), "")):
        digest.update(_framed(name.encode(), data))
    return digest.hexdigest()


def _below(folder: Traversable, name: str) -> Iterable[tuple[str, bytes]]:
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from _below(entry, path)
        elif entry.name.endswith(_DATA):
            yield path, entry.read_bytes()


def basis_of(data: bytes | mmap.mmap, rule: str, why: str) -> str:
    """Return on what a decision about a held image rests.

    Parameters
    ----------
    data : bytes or mmap
        The whole file, as it is stored.
    rule, why : str
        `Outcome.rule` and `Outcome.reason`.

    Returns
    -------
    str
        64 hexadecimal characters.
    """
    parts = hashlib.sha256(data).digest(), rules_digest().encode(), rule.encode(), why.encode()
    return hashlib.sha256(_framed(*parts)).hexdigest()


def _framed(*parts: bytes) -> bytes:
    """Return parts one after the other, each after its length, so that none can run over into the next."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)
