"""What a job keeps on disk, sealed: nothing readable is left behind when the job's salt is gone.

Each job has a folder (0700) with a random salt (0600). Its sealing key and its release key are derived (HKDF-SHA256)
from the project key, which lives elsewhere, and this salt. Destroying the salt destroys every file of the job, and
the possibility to link two releases, at once; blocks that a file system keeps are of no use to anybody.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from orthanc_plugin.engine.errors import EngineError, NoSpaceError
from orthanc_plugin.engine.jobs.room import was_full

_SALT = "salt"
_NONCE = 12


class DestroyedError(EngineError):
    """The job's folder or its salt is gone, or a file was changed from outside."""


@contextmanager
def disk() -> Iterator[None]:
    """Turn "no space left" into an error that says so.

    Raises
    ------
    NoSpaceError
        When the disk or the quota is full.
    """
    try:
        yield
    except OSError as error:
        if was_full(error):
            raise NoSpaceError from None
        raise


def write_atomically(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write `data` so that the file is either whole or not there; mode 0600.

    Parameters
    ----------
    path
        Where; an older file is replaced.
    data
        What.
    durable
        Wait until the disk has it. Not needed for what a restart can make again.

    Raises
    ------
    NoSpaceError
        When the disk is full; nothing half-made stays.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with disk():
            part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@dataclass(frozen=True)
class Vault:
    """One job's folder.

    Parameters
    ----------
    folder
        Where it is.
    project_key
        32 bytes; never written here.
    """

    folder: Path
    project_key: bytes = field(repr=False)

    def create(self) -> None:
        """Make the folder and its salt."""
        with disk():
            self.folder.mkdir(mode=0o700)
        write_atomically(self.folder / _SALT, secrets.token_bytes(32))

    def exists(self) -> bool:
        """Say whether the job's files can still be opened."""
        return (self.folder / _SALT).exists()

    def key(self, use: str) -> bytes:
        """Return 32 bytes of key for `use`, the same as long as the salt lives.

        Raises
        ------
        DestroyedError
            When the salt is gone.
        """
        try:
            salt = (self.folder / _SALT).read_bytes()
        except FileNotFoundError:
            raise DestroyedError("the job's files are gone; ask again with a new export") from None
        return HKDF(SHA256(), 32, salt, f"anonymise-or-ask {use}".encode()).derive(self.project_key)

    def write(self, name: str, data: bytes, *, durable: bool = True) -> None:
        """Seal `data` under `name`, replacing what was there."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(self.key("seal")).encrypt(nonce, data, name.encode())
        write_atomically(self.folder / name, nonce + sealed, durable=durable)

    def read(self, name: str) -> bytes:
        """Open what was sealed under `name`.

        Raises
        ------
        DestroyedError
            When it is gone or was changed.
        """
        try:
            sealed = (self.folder / name).read_bytes()
            return AESGCM(self.key("seal")).decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except (FileNotFoundError, InvalidTag):
            raise DestroyedError("a file of the job is gone or was changed; ask again with a new export") from None

    def write_json(self, name: str, value: Any) -> None:
        """Seal a JSON value."""
        self.write(name, json.dumps(value).encode())

    def read_json(self, name: str) -> Any:
        """Open a sealed JSON value."""
        return json.loads(self.read(name))

    def has(self, name: str) -> bool:
        """Say whether something is sealed under `name`."""
        return (self.folder / name).exists()

    def remove(self, name: str) -> None:
        """Remove one file, if it is there."""
        (self.folder / name).unlink(missing_ok=True)

    def destroy(self) -> None:
        """Destroy the salt first, then everything else."""
        (self.folder / _SALT).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)
