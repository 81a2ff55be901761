"""The release key: every new UID, code and date shift of a release comes from it and from nothing else that is known.

HMAC-SHA-256 under separate sub-keys. A derived UID or code carries a keyed check part, so that running the same release
key over our own output recognises its own work and leaves it alone (docs/decisions/0032).
"""

import hmac
import secrets
from functools import lru_cache

_UID_BODY_BITS, _UID_CHECK_BITS = 74, 48
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels: no words; no digits: nothing of a number or a date can appear
_CODE_BODY, _CODE_CHECK = 11, 5
_CODE_PREFIX = "AOA-"
_LEAST_SHIFT, _SHIFTS = 366, 3287  # days: one to ten years


def _letters(number: int, count: int) -> str:
    """Write `number` in our twenty letters, `count` of them."""
    out = []
    for _ in range(count):
        number, digit = divmod(number, len(_LETTERS))
        out.append(_LETTERS[digit])
    return "".join(out)


@lru_cache(maxsize=64)
def _sub_keys(secret: bytes) -> tuple[bytes, bytes, bytes]:
    uid, code, shift = (hmac.digest(secret, b"aoa/1/" + name, "sha256") for name in (b"uid", b"code", b"shift"))
    return uid, code, shift


@lru_cache(maxsize=1 << 16)
def _new_uid(key: bytes, uid: str) -> str:
    if _is_own_uid(key, uid):
        return uid
    digest = hmac.digest(key, uid.encode(), "sha256")
    return _checked_uid(key, int.from_bytes(digest) >> (256 - _UID_BODY_BITS))


def _checked_uid(key: bytes, body: int) -> str:
    check = hmac.digest(key, b"check" + body.to_bytes(10), "sha256")
    value = body << _UID_CHECK_BITS | int.from_bytes(check[:6])
    high, mid, low = value >> 74, (value >> 62) & 0xFFF, value & ((1 << 62) - 1)
    return f"2.25.{high << 80 | 8 << 76 | mid << 64 | 0b10 << 62 | low}"


def _is_own_uid(key: bytes, uid: str) -> bool:
    """Say whether this key made the UID: its last 48 bits are a check over the others."""
    if not uid.startswith("2.25.") or not uid[5:].isdecimal() or len(uid) > 44:
        return False
    number = int(uid[5:])
    value = (number >> 80) << 74 | ((number >> 64) & 0xFFF) << 62 | (number & ((1 << 62) - 1))
    return value >> 122 == 0 and uid == _checked_uid(key, value >> _UID_CHECK_BITS)


class ReleaseKey:
    """The secret of one release.

    Parameters
    ----------
    secret : bytes
        32 bytes. It is never shown; `repr` says only that there is one.
    """

    __slots__ = ("_code", "_shift", "_uid", "secret")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            msg = f"A release key has 64 hexadecimal characters (32 bytes); this one has {len(secret)} bytes."
            raise ValueError(msg)
        self.secret = secret
        self._uid, self._code, self._shift = _sub_keys(secret)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ReleaseKey) and hmac.compare_digest(self.secret, other.secret)

    def __hash__(self) -> int:
        return hash(self.secret)

    def __repr__(self) -> str:
        return "ReleaseKey(<secret>)"

    def __reduce__(self) -> tuple[type["ReleaseKey"], tuple[bytes]]:
        """Pickle for worker processes: the secret alone, never what was derived from it."""
        return ReleaseKey, (self.secret,)

    @classmethod
    def random(cls) -> "ReleaseKey":
        """Draw a new key from the operating system's random source."""
        return cls(secrets.token_bytes(32))

    @classmethod
    def from_hex(cls, text: str) -> "ReleaseKey":
        """Read a key of 64 hexadecimal characters.

        Raises
        ------
        ValueError
            When it is anything else; the message does not repeat the text.
        """
        try:
            secret = bytes.fromhex(text.strip())
        except ValueError:
            msg = "A release key has 64 hexadecimal characters and nothing else; make one with: aoa key new FILE"
            raise ValueError(msg) from None
        return cls(secret)

    def uid(self, uid: str) -> str:
        """Return the UID that stands for `uid` in this release (2.25. and a version 8 UUID), the same each time."""
        return _new_uid(self._uid, uid)

    def code(self, identity: str) -> str:
        """Return the code that stands for an identity: twenty letters without a vowel or a digit (R15)."""
        if self.is_own_code(identity):
            return identity
        digest = hmac.digest(self._code, identity.encode(), "sha256")
        return self._checked_code(_letters(int.from_bytes(digest), _CODE_BODY))

    def _checked_code(self, body: str) -> str:
        check = hmac.digest(self._code, b"check" + body.encode(), "sha256")
        return _CODE_PREFIX + body + _letters(int.from_bytes(check), _CODE_CHECK)

    def is_own_code(self, text: str) -> bool:
        """Say whether `text` is a code that this key made."""
        body = text.removeprefix(_CODE_PREFIX)
        if len(text) != len(_CODE_PREFIX) + _CODE_BODY + _CODE_CHECK or body == text:
            return False
        return hmac.compare_digest(text.encode(), self._checked_code(body[:_CODE_BODY]).encode())

    def day_shift(self, identity: str) -> int:
        """Return by how many days this identity's dates move: one to ten years into the past; 0 for our own code."""
        if self.is_own_code(identity) or _is_own_uid(self._uid, identity):
            return 0
        digest = hmac.digest(self._shift, identity.encode(), "sha256")
        return -(_LEAST_SHIFT + int.from_bytes(digest) % _SHIFTS)
