"""A package at rest: written and read as a stream, sealed with a key of its job (AES-256 in counter mode).

The length is the package's own, so that ``Content-Length`` is known; the digest is of the package, not of what is on
the disk.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from io import RawIOBase
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR

from orthanc_plugin.engine.jobs.vault import disk

_NONCE = 16
CHUNK = 1 << 20
"""Bytes handed over at a time."""


class SealedWriter(RawIOBase):
    """Writes a sealed file that appears under its name only when it is whole.

    Parameters
    ----------
    path
        Where it will be.
    key
        32 bytes.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path, self._part = path, path.with_name(path.name + ".part")
        self._digest, self._broken = hashlib.sha256(), False
        nonce = secrets.token_bytes(_NONCE)
        self._encryptor = Cipher(AES256(key), CTR(nonce)).encryptor()
        self._part.unlink(missing_ok=True)
        with disk():
            descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file = os.fdopen(descriptor, "wb")
            self._file.write(nonce)

    def __enter__(self) -> "SealedWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep the file if all went well, else leave nothing."""
        try:
            if kind is None:
                self._keep()
        finally:
            self._file.raw.close()
            self._part.unlink(missing_ok=True)

    def _keep(self) -> None:
        with disk():
            self._file.flush()
            os.fsync(self._file.fileno())
        self._part.replace(self._path)

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: Any, /) -> int:
        """Seal and write `data`.

        Raises
        ------
        NoSpaceError
            When the disk is full.
        """
        view = memoryview(data).cast("B")
        if self._broken:
            return len(view)  # the zip's last words over a full disk: the file is thrown away as it is
        self._broken = True
        self._digest.update(view)
        with disk():
            self._file.write(self._encryptor.update(view))
        self._broken = False
        return len(view)

    def sha256(self) -> str:
        """Return the digest of what was written so far, in hexadecimal."""
        return self._digest.hexdigest()


def length(path: Path) -> int:
    """Return the length of the package in bytes."""
    return path.stat().st_size - _NONCE


def opened(file: BinaryIO, key: bytes) -> Iterator[bytes]:
    """Yield the package in pieces of at most `CHUNK` bytes; `file` is the sealed one."""
    decryptor = Cipher(AES256(key), CTR(file.read(_NONCE))).decryptor()
    while piece := file.read(CHUNK):
        yield decryptor.update(piece)
