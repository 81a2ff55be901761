"""Which signs may stand in a text that is printed."""

_JOINERS = "\u200c\u200d"
"""They are not seen, and shape the letters beside them in Arabic and Indic scripts."""
_MARKS = "\u200e\u200f"


def printable(text: str) -> bool:
    """Tell whether `text` is of letters, digits, punctuation and spaces, with nothing that hides or reorders them."""
    return all(sign.isprintable() or sign in _JOINERS or sign in _MARKS for sign in text) and "\ufffd" not in text
