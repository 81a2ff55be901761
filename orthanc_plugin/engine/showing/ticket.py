"""Tickets: the engine shows a held image only to who brings a ticket of its own making (docs/decisions/0171)."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from orthanc_plugin.engine.errors import FaultsError

LONGEST = 4096
"""Characters of a ticket that is read; those that are made have some 300."""

_NONCE = 12
_FORM = b"anonymise-or-ask held image 1"


@dataclass(frozen=True)
class Ticket:
    """What a ticket opens.

    Parameters
    ----------
    orthanc_id
        Of the instance in Orthanc.
    basis
        On what a decision about it rests (`deid.pixels.basis.basis_of`).
    rule, why
        By which and why it is held (`Outcome.rule`, `Outcome.reason`); the basis is checked with them.
    until
        Seconds since 1970; later the ticket opens nothing.
    """

    orthanc_id: str = field(repr=False)
    basis: str
    rule: str
    why: str
    until: float


def seal(project_key: bytes, ticket: Ticket) -> str:
    """Return a ticket as text that only this project's engine can make and read.

    Parameters
    ----------
    project_key
        32 bytes.
    ticket
        What it opens.
    """
    nonce = secrets.token_bytes(_NONCE)
    told = [ticket.orthanc_id, ticket.basis, ticket.rule, ticket.why, ticket.until]
    sealed = AESGCM(_key(project_key, "ticket")).encrypt(nonce, json.dumps(told).encode(), _FORM)
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(project_key: bytes, text: Any) -> Ticket:
    """Return what a ticket opens; whether it is past its date is for who opens it to look at.

    Raises
    ------
    FaultsError
        It is none, was changed, or another project's.
    """
    given = text if isinstance(text, str) and len(text) <= LONGEST else ""
    try:
        sealed = base64.b64decode(given, altchars=b"-_", validate=True)
        told = json.loads(AESGCM(_key(project_key, "ticket")).decrypt(sealed[:_NONCE], sealed[_NONCE:], _FORM))
    except (ValueError, binascii.Error, InvalidTag):
        fault = "is not a ticket of this engine; take it from the list of held images as it stands there"
        raise FaultsError([("ticket", fault)]) from None
    return Ticket(*told)


def image_key(project_key: bytes, sop_instance_uid: str) -> str:
    """Return by what the portal knows an image: 64 hexadecimal characters that tell nobody else its UID."""
    return hmac.new(_key(project_key, "image"), sop_instance_uid.encode(), hashlib.sha256).hexdigest()


def _key(project_key: bytes, use: str) -> bytes:
    return HKDF(SHA256(), 32, None, f"anonymise-or-ask held {use}".encode()).derive(project_key)
