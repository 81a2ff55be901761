"""Numbers inside a sentence: kept together, and in their own direction where the sentence runs from right to left."""

import re

_NO_BREAK_SPACE, _WORD_JOINER, _LEFT_TO_RIGHT_MARK = "\u00a0", "\u2060", "\u200e"
_EXTENSION = re.compile(r" (?=(?:ext|x)\b|x\d)")
_PHONE = re.compile(r"(?<!\w)(\+?\d{2,}(?: ?\(0\) ?\d+)?(?: \d{2,})+)( (?:ext|x)\.? ?\d+)?(?!\w)")
_CITATION = re.compile(r"\b\d+(?:\(\w+\))+")


def settled(text: str, *, rtl: bool) -> str:
    """Return `text` with its phone numbers and citations of laws unbroken and, from right to left, in their own order.

    To the bidirectional algorithm (UAX 9) a space parts two numbers: *0300 303 5678* would be shown as *5678 303 0300*
    in Arabic and Urdu, and *6(1)(e)* as *(e)(1)6*. Between left-to-right marks both stay as they are dialled and cited.
    """
    mark = _LEFT_TO_RIGHT_MARK if rtl else ""
    whole = _PHONE.sub(lambda found: f"{mark}{found[1].replace(' ', _NO_BREAK_SPACE)}{found[2] or ''}{mark}", text)
    return _CITATION.sub(lambda found: f"{mark}{found[0].replace(')(', f'){_WORD_JOINER}(')}{mark}", whole)


def parted(phone: str) -> list[str]:
    """Return a phone number, and the extension after it where there is one."""
    return _EXTENSION.split(phone, maxsplit=1)


def dialled(phone: str) -> str:
    """Return what a telephone dials for `phone`, as a link (RFC 3966): no 0 of callers at home, the extension apart."""
    number, *extension = parted(phone)
    abroad = number.replace("(0)", "") if number.startswith("+") else number
    more = "".join(f";ext={_digits(one)}" for one in extension)
    return f"tel:{'+' if abroad.startswith('+') else ''}{_digits(abroad)}{more}"


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
