"""Spellings: one form for comparing, and the bytes a spelling may have in a file."""

import unicodedata
from functools import lru_cache

ENCODINGS = (
    "utf-8", "latin-1", "cp1252", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7",
    "iso8859-8", "iso8859-9", "iso8859-15", "shift_jis", "euc_jp", "iso2022_jp", "euc_kr", "gb18030", "tis_620",
    "utf-16-le", "utf-16-be",
)  # fmt: skip
_LOWER = bytes(range(256)).lower()
_EXPANDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "ß": "ss"})


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Return `text` without case, accents, width and signs that nobody sees: how two spellings are compared."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in decomposed if _is_seen(each))


def _is_seen(letter: str) -> bool:
    """Say whether a sign stands for itself: an accent does not, nor does a soft hyphen."""
    return not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf"


def spellings(text: str) -> set[str]:
    """Return how `text` may be written: as it is, without accents, with them spelt out."""
    lower = text.casefold()
    return {lower, fold(text), lower.translate(_EXPANDED)} - {""}


@lru_cache(maxsize=65536)
def encoded(text: str) -> frozenset[bytes]:
    """Return every run of bytes that may stand for `text` in a file, in lower case and without NUL.

    NUL is left out because the surfaces are searched without it: that makes UTF-16 text look like Latin-1.
    """
    if text.isascii():
        return frozenset({text.lower().encode("ascii")})
    forms: set[bytes] = set()
    for spelling in spellings(text) | {text, text.upper()}:
        for encoding in ENCODINGS:
            try:
                forms.add(squeeze(spelling.encode(encoding)))
            except UnicodeEncodeError:
                continue
    return frozenset(form for form in forms if len(form) >= 3)


def squeeze(data: bytes) -> bytes:
    """Return bytes in ASCII lower case without NUL, ready to be searched."""
    return data.translate(_LOWER, b"\0")
