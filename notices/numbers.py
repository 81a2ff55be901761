"""Numbers inside a sentence: kept together, and in their own direction where the sentence runs from right to left."""

import re

_NO_BREAK_SPACE, _WORD_JOINER, _LEFT_TO_RIGHT_MARK = "\u00a0", "\u2060", "\u200e"
_PHONE = re.compile(r"(?<!\w)\+?\d{2,}(?: \d{2,})+(?!\w)")
_CITATION = re.compile(r"\b\d+(?:\(\w+\))+")


def settled(text: str, *, rtl: bool) -> str:
    """Return `text` with its phone numbers and citations of laws unbroken and, from right to left, in their own order.

    To the bidirectional algorithm (UAX 9) a space parts two numbers: *0300 303 5678* would be shown as *5678 303 0300*
    in Arabic and Urdu, and *6(1)(e)* as *(e)(1)6*. Between left-to-right marks both stay as they are dialled and cited.
    """
    mark = _LEFT_TO_RIGHT_MARK if rtl else ""
    whole = _PHONE.sub(lambda found: f"{mark}{found[0].replace(' ', _NO_BREAK_SPACE)}{mark}", text)
    return _CITATION.sub(lambda found: f"{mark}{found[0].replace(')(', f'){_WORD_JOINER}(')}{mark}", whole)
