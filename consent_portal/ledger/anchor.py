"""How far the ledger of a home had come, kept in a file outside the database (F22, ADR 0125).

One line says which ledger it is, its last event and its last piece of evidence, keyed with the home's secret so that an
owner of the database alone cannot write another. It begins as a whole file or not at all. From then on it is written
over itself, within one page of the disk: that takes no room, so that a full disk does not stop it, and leaves the line
before or the line after.
"""

import fcntl
import hashlib
import hmac
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from consent_portal.ledger.chain import GENESIS, canonical

LENGTH = 1024
"""Bytes of the file, whatever the line says."""
_PURPOSE = b"anonymise-or-ask: how far the ledger had come"


class AnchorUnreadable(Exception):  # noqa: N818  (named for the situation)
    """There is a file, and no line in it is one that this home wrote."""


@dataclass(frozen=True)
class Anchor:
    """How far a ledger had come.

    Attributes
    ----------
    ledger : str
        Its random number.
    seq, head, recorded_at : int, str, str
        Number, hash and time of the last event.
    evidence_seq, evidence_head : int, str
        Number and hash of the last piece of evidence.
    """

    ledger: str
    seq: int = 0
    head: str = GENESIS
    recorded_at: str = ""
    evidence_seq: int = 0
    evidence_head: str = GENESIS

    def with_head(self, seq: int, head: str, recorded_at: str) -> "Anchor":
        """Return the anchor with an event, unless it holds a later one."""
        return self if seq <= self.seq else replace(self, seq=seq, head=head, recorded_at=recorded_at)

    def with_evidence(self, seq: int, head: str) -> "Anchor":
        """Return the anchor with a piece of evidence, unless it holds a later one."""
        return self if seq <= self.evidence_seq else replace(self, evidence_seq=seq, evidence_head=head)

    def line(self, key: bytes, **more: str) -> str:
        """Return the signed line."""
        body = {**asdict(self), **more}
        return canonical({**body, "mac": _mac(body, key)})


def key_of(secret: str) -> bytes:
    """Return the key of the lines, which follows from the home's secret."""
    return hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).digest()


def _mac(body: dict[str, object], key: bytes) -> str:
    return hmac.new(key, canonical(body).encode(), hashlib.sha256).hexdigest()


def read_line(text: str, key: bytes) -> Anchor | None:
    """Return what a line says; None where it is none that was written under this key."""
    try:
        body = json.loads(text)
        mac = body.pop("mac")
        names = Anchor.__dataclass_fields__
        if not hmac.compare_digest(mac, _mac(body, key)):
            return None
        return Anchor(**{name: body[name] for name in names})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


@dataclass(frozen=True)
class AnchorFile:
    """The file."""

    path: Path
    key: bytes

    @property
    def exists(self) -> bool:
        """Whether there is one."""
        return self.path.is_file()

    def read(self) -> Anchor | None:
        """Return how far the ledger had come; None where there is no file, or one with nothing in it.

        Raises
        ------
        AnchorUnreadable
        """
        try:
            if not self.exists or not self.path.stat().st_size:
                return None
            with self._locked(os.O_RDONLY, fcntl.LOCK_SH) as handle:
                anchor = self._read(handle)
        except OSError:
            raise AnchorUnreadable from None
        if anchor is None:
            raise AnchorUnreadable
        return anchor

    def advance(self, seen: Anchor) -> None:
        """Write down what `seen` holds beyond what is written; two processes may do so at once.

        A line that this home did not write is left as it is: it is not made good here.
        """
        with self._locked(os.O_RDWR, fcntl.LOCK_EX) as handle:
            before = self._read(handle)
            if before is None:
                return
            after = before.with_head(seen.seq, seen.head, seen.recorded_at)
            after = after.with_evidence(seen.evidence_seq, seen.evidence_head)
            if after != before:
                self._write(handle, after)

    def start_anew(self, anchor: Anchor) -> None:
        """Forget what was written, and begin with `anchor`; a start that is cut off leaves what was there."""
        folder = self.path.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(prefix=f"{self.path.name}.", dir=folder)
        try:
            self._write(handle, anchor)
            os.fsync(handle)
            Path(made).replace(self.path)
        finally:
            os.close(handle)
            Path(made).unlink(missing_ok=True)
        _settle(folder)

    def _read(self, handle: int) -> Anchor | None:
        return read_line(os.pread(handle, LENGTH, 0).decode("utf-8", "replace"), self.key)

    def _write(self, handle: int, anchor: Anchor) -> None:
        os.pwrite(handle, anchor.line(self.key).encode().ljust(LENGTH - 1) + b"\n", 0)

    @contextmanager
    def _locked(self, flags: int, lock: int) -> Iterator[int]:
        handle = os.open(self.path, flags, 0o600)
        try:
            fcntl.flock(handle, lock)
            yield handle
        finally:
            os.close(handle)


def _settle(folder: Path) -> None:
    """Wait until the names of a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append_line(path: Path, anchor: Anchor, key: bytes, **more: str) -> None:
    """Add the anchor as a line to a file elsewhere, so that whoever owns the home cannot unsay it.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    with path.open("a", encoding="utf-8") as file:
        file.write(anchor.line(key, **more) + "\n")
        file.flush()
        os.fsync(file.fileno())
