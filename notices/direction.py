"""Which way a text of the site runs on a page: names and addresses come in any script.

The page says it of each text and leaves nothing to ``dir="auto"``, of which WeasyPrint 70 makes nothing: on a page from
right to left *+44 (0)1632 960100* was shown as *1632 960100(0) 44+*, and a full stop stood before its sentence.
"""

from unicodedata import bidirectional

from notices.language import Direction

_RUNS: dict[str, Direction] = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def direction_of(text: str, page: Direction) -> Direction:
    """Return the direction of `text`: the page's own where any of its letters runs so, else that of its letters.

    What has no letters at all, such as a phone number, runs from left to right.
    """
    found = {_RUNS[kind] for kind in map(bidirectional, text) if kind in _RUNS}
    if page in found:
        return page
    return "rtl" if "rtl" in found else "ltr"
