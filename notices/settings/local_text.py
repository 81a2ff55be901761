"""A text of the site that may be given in several languages."""

from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from notices.language import languages
from notices.signs import printable


class LocalText:
    """Text of the site, in one or more languages.

    In TOML it is a plain string (one text for every language) or a table such as ``{en = "Level 2", cy = "Lefel 2"}``.

    Parameters
    ----------
    texts : dict of str to str
        The text by language code. The key ``""`` holds a text that was given for no language in particular.
    """

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LocalText) and self.texts == other.texts

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.texts.items())))

    def __repr__(self) -> str:
        return f"LocalText({self.texts!r})"

    def has(self, language: str) -> bool:
        """Tell whether the text was given in `language`."""
        return language in self.texts

    def text(self, language: str) -> str:
        """Return the text in `language`, else the one for no language in particular, else English, else any."""
        return self.texts[self.language(language) if self.texts.get(language) is None else language]

    def language(self, language: str) -> str:
        """Return the key under which :meth:`text` finds its text."""
        for key in (language, "", "en"):
            if key in self.texts:
                return key
        return next(iter(self.texts))

    def dump(self) -> str | dict[str, str]:
        """Return the text as it is written in TOML."""
        return self.texts[""] if set(self.texts) == {""} else dict(self.texts)

    @classmethod
    def parse(cls, given: Any) -> "LocalText":
        """Return the text that TOML holds.

        Raises
        ------
        ValueError
            When it is empty or in a language without wording.
        """
        if isinstance(given, LocalText):
            return given
        texts = given if isinstance(given, dict) else {"": given}
        if not texts or not all(isinstance(one, str) for one in texts.values()):
            raise ValueError("write a text, or a table of texts by language code")
        _check(texts)
        return cls({code: " ".join(text.split()) for code, text in texts.items()})

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic read a local text and write it back."""
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.plain_serializer_function_ser_schema(cls.dump)
        )


def _check(texts: dict[str, str]) -> None:
    unknown = sorted(set(texts) - set(languages()) - {""})
    if unknown:
        raise ValueError(f"there is no wording in the language {', '.join(unknown)}; use {', '.join(languages())}")
    if not all(text.strip() for text in texts.values()):
        raise ValueError("is empty: write the text, or take the setting out")
    if not all(printable(" ".join(text.split())) for text in texts.values()):
        raise ValueError("holds signs that cannot be printed: type it again")
    if any(len(text) > 300 for text in texts.values()):
        raise ValueError("is longer than 300 characters: shorten it")
