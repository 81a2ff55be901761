"""The wording of one language, as its TOML file holds it."""

import hashlib
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict

from notices.language import language


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Block(_Words):
    """One thing that a notice says, at each length.

    Attributes
    ----------
    heading, short : str
        For posters, inserts and the letter.
    question, full : str, tuple of str
        For the information sheet, the web page and reception.
    easy : tuple of str
        Easy-read lines, one idea each.
    brief : str
        The same in a few words, for large letters on small paper; blocks that no poster or insert shows have none.
    """

    heading: str
    question: str
    short: str
    full: tuple[str, ...]
    easy: tuple[str, ...]
    brief: str = ""


class Notice(_Words):
    """Titles."""

    headline: tuple[str, ...]
    subtitle: str
    sheet_title: str
    easy_title: str
    reception_title: str
    description: str


class Lists(_Words):
    """Lists whose entries the settings switch on."""

    uses: dict[str, str]
    removed: dict[str, str]
    levels: dict[str, str]
    rights: dict[str, str]


class Contact(_Words):
    """Labels around the contact details."""

    heading: str
    answer: str
    phone: str
    email: str
    place: str
    hours: str
    web: str
    scan: str
    formats: str
    for_person: str


class Details(_Words):
    """The regulator's list of privacy information."""

    heading: str
    item: str
    answer: str
    not_applicable: str
    labels: dict[str, str]
    lawful_basis: dict[str, str]
    condition: dict[str, str]
    recipients: dict[str, str]
    retention: dict[str, str]
    text: dict[str, str]
    not_applicable_because: dict[str, str]


class Reception(_Words):
    """What reception says and does."""

    intro: str
    for_staff: str
    staff: tuple[str, ...]


class Web(_Words):
    """Words that only the web page needs."""

    skip: str
    languages: str


class Footer(_Words):
    """The small print: version and review of the translation."""

    version: str
    draft: str
    awaiting: str
    checked_by: str


class Wording(_Words):
    """Every word of a notice in one language."""

    notice: Notice
    blocks: dict[str, Block]
    lists: Lists
    contact: Contact
    details: Details
    reception: Reception
    web: Web
    footer: Footer
    fingerprint: str

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield every text with the dotted name of its place."""
        data = self.model_dump()
        data.pop("fingerprint")
        yield from _walk(data, "")


def _walk(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield path, node
        return
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in entries:
        yield from _walk(value, f"{path}.{key}" if path else str(key))


@cache
def wording(code: str) -> Wording:
    """Return the wording in the language of `code`.

    Raises
    ------
    UnknownLanguageError
        When there is none.
    """
    source = files("notices.wording").joinpath(f"{language(code).code}.toml").read_bytes()
    return Wording(**tomllib.loads(source.decode()), fingerprint=hashlib.sha256(source).hexdigest())
