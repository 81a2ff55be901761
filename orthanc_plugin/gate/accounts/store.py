"""The accounts last known, on the disk: what a start without the portal begins with.

The file holds names, roles, stamps and slow hashes, sealed by an HMAC under the installation's key: a line that anybody
else writes into it is worth nothing.
"""

import hmac
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from orthanc_plugin.gate.accounts.asking import Account
from orthanc_plugin.gate.accounts.proofs import Verifier

_BROKEN = "the accounts last known cannot be used; the gate begins without and waits for the portal"
_FULL = "the accounts last known cannot be written: whoever signs in now is not known at a start without the portal"


@dataclass(frozen=True)
class Known:
    """The open accounts, and what recognises the passwords of those who signed in here."""

    accounts: tuple[Account, ...] = ()
    verifiers: Mapping[str, Verifier] = field(default_factory=dict)


class Store:
    """The one file.

    Parameters
    ----------
    file
        Where it is; its folder is made where it is missing.
    key
        What seals it.
    log
        Told what goes wrong; neither reading nor writing ever ends the gate.
    """

    def __init__(self, file: Path, key: bytes, log: Callable[[str], None]) -> None:
        self._file, self._key, self._log = file, key, log

    def load(self) -> Known:
        """Return what was written last; nothing where that is missing, broken or not sealed by us."""
        try:
            return _known(self._unsealed(self._file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return Known()
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._log(f"{_BROKEN} ({type(error).__name__})")
            return Known()

    def save(self, known: Known) -> None:
        """Write it in one move, for the owner only."""
        body = json.dumps(
            {
                "accounts": [asdict(account) for account in known.accounts],
                "verifiers": {user: asdict(kept) for user, kept in known.verifiers.items()},
            }
        )
        try:
            self._write(json.dumps({"body": body, "seal": self._seal(body)}))
        except OSError as error:
            self._log(f"{_FULL} ({error.strerror})")

    def _write(self, text: str) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._file.with_name(f"{self._file.name}.new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(self._file)

    def _unsealed(self, text: str) -> Any:
        sealed = json.loads(text)
        if not hmac.compare_digest(self._seal(sealed["body"]), sealed["seal"]):
            raise ValueError("the seal is not ours")
        return json.loads(sealed["body"])

    def _seal(self, body: str) -> str:
        return hmac.digest(self._key, body.encode(), "sha256").hex()


def _known(body: Any) -> Known:
    accounts = tuple(Account(row["user"], row["role"], row["stamp"]) for row in body["accounts"])
    verifiers = {user: Verifier(**row) for user, row in body["verifiers"].items()}
    return Known(accounts, verifiers)
