"""What a contact sheet shows of each image."""

from dataclasses import dataclass

SIDE = 164
"""Longest side of a small picture on the page; it is asked for a little larger, for fine screens."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """One image on a contact sheet.

    Attributes
    ----------
    href, picture : str
        Where it is opened, and its small picture; empty for whoever may not look, and where there is none.
    size : tuple of int
        Its width and height on the page.
    current : bool
        Whether it is the one that is looked at beside the sheet.
    """

    name: str
    what: str
    rule: str
    href: str
    picture: str
    size: tuple[int, int]
    state: str
    tone: str
    current: bool = False


def size_of(columns: int, rows: int, proportion: float) -> tuple[int, int]:
    """Return width and height, in pixels of a page, of a small picture with square pixels."""
    high = rows * proportion
    scale = SIDE / max(columns, high, 1)
    return max(1, round(columns * scale)), max(1, round(high * scale))


@dataclass(frozen=True)
class Series:
    """The images of one series, or the part of it on this page."""

    name: str
    cards: tuple[Card, ...]
