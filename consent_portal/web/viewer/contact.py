"""What a contact sheet shows of each image."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Card:
    """One image on a contact sheet.

    Attributes
    ----------
    href, picture : str
        Where it is opened, and its small picture; empty for whoever may not look, and where there is none.
    current : bool
        Whether it is the one that is looked at beside the sheet.
    """

    name: str
    what: str
    rule: str
    href: str
    picture: str
    state: str
    tone: str
    current: bool = False


@dataclass(frozen=True)
class Series:
    """The images of one series, or the part of it on this page."""

    name: str
    cards: tuple[Card, ...]
