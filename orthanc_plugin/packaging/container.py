"""The zip itself: the same bytes for the same content, and nothing beside it (D4).

Dates are fixed, there are no comments, extra fields or folders, and member names are positions. An encrypted container
is AES-256 (WinZip AE-2); its salts are random, as they must be.
"""

import zipfile
from typing import BinaryIO, Protocol

import pyzipper

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip can hold: it says nothing."""

_FILE_MODE = 0o600 << 16
_STORED = (".png", ".jpg", ".tif")


class Container(Protocol):
    """Where the members go."""

    def add(self, name: str, data: bytes) -> None:
        """Add one member."""

    def close(self) -> None:
        """Write the directory of the zip."""


class PlainZip:
    """A zip that anybody can open."""

    def __init__(self, out: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1)

    def add(self, name: str, data: bytes) -> None:
        """Add one member; pictures are compressed already and are stored."""
        info = zipfile.ZipInfo(name, EPOCH)
        info.create_system, info.external_attr = 3, _FILE_MODE
        info.compress_type = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
        self._zip.writestr(info, data)

    def close(self) -> None:
        """Write the directory of the zip."""
        self._zip.close()


class EncryptedZip:
    """A zip that opens with a passphrase (AES-256)."""

    def __init__(self, out: BinaryIO, passphrase: str) -> None:
        self._zip = pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, compresslevel=1)
        self._zip.setpassword(passphrase.encode())
        self._zip.setencryption(pyzipper.WZ_AES, nbits=256)

    def add(self, name: str, data: bytes) -> None:
        """Add one member."""
        info = self._zip.zipinfo_cls(filename=name, date_time=EPOCH)
        info.create_system, info.external_attr = 3, _FILE_MODE
        info.compress_type = pyzipper.ZIP_STORED if name.endswith(_STORED) else pyzipper.ZIP_DEFLATED
        self._zip.writestr(info, data)

    def close(self) -> None:
        """Write the directory of the zip."""
        self._zip.close()


def open_container(out: BinaryIO, passphrase: str | None) -> Container:
    """Return the container to fill.

    Parameters
    ----------
    out
        A binary stream; it need not be seekable.
    passphrase
        None makes a plain zip.
    """
    return EncryptedZip(out, passphrase) if passphrase else PlainZip(out)
