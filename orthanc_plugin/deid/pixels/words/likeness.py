"""Whether something read in a picture is like an identifier that is known, letters misread included."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_LOOKS_LIKE = str.maketrans("OQDILSBZG", "000115826")
"""Letters as the digits that they are misread for; what was read and what is known are compared after both went so."""

_PART = re.compile(r"[0-9A-Z]+")
_SHORTEST, _SHORTEST_NUMBER = 3, 4  # characters: a shorter part is compared whole
_ONE_WRONG_IN = 4  # characters


def is_like(text: str, known: Iterable[str]) -> bool:
    """Say whether a text holds, or is held by, something known, up to one wrong character in four.

    Parameters
    ----------
    text : str
        What was read.
    known : iterable of str
        Names, numbers and dates as they stand in headers, in any form.

    Notes
    -----
    A number of up to three digits is part of many longer ones: it counts only where it stands alone.
    """
    read = {
        form for form in _forms(text) if len(form) >= _SHORTEST_NUMBER or not form.isdigit() or text.strip().isdigit()
    }
    return any(_alike(one, other) for whole in known for other in _forms(whole) for one in read)


def _forms(text: str) -> Iterator[str]:
    """Yield the parts of a text, and all of it without gaps, each in the form in which they are compared."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.upper()) if not unicodedata.combining(c))
    parts = _PART.findall(plain)
    for part in {*parts, "".join(parts)}:
        if part:
            yield part.translate(_LOOKS_LIKE)


def _alike(read: str, known: str) -> bool:
    short, long = sorted((read, known), key=len)
    if len(short) < _SHORTEST:
        return short == long
    if short in long:
        return True
    wrong = max(len(short), len(long)) // _ONE_WRONG_IN
    return abs(len(read) - len(known)) <= wrong and distance(read, known) <= wrong


def distance(one: str, other: str) -> int:
    """Return how many characters have to be put in, left out or changed to make one text of the other."""
    row = list(range(len(other) + 1))
    for n, left in enumerate(one, start=1):
        before, row[0] = row[0], n
        for m, right in enumerate(other, start=1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (left != right))
    return row[-1]
