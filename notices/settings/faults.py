"""Pydantic's faults in the words of the person who edits the settings."""

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from notices.errors import Fault

_WORDS = {
    "missing": "is missing: add it",
    "extra_forbidden": "is not a setting: check the spelling, or take it out",
    "string_too_short": "is empty: fill it in, or take the setting out",
    "string_too_long": "is longer than {max_length} characters: shorten it",
    "literal_error": "is not one of {expected}",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "model_type": "must be a table of settings",
    "tuple_type": "must be a list",
    "string_type": "must be text in quotation marks",
}
_SHAPES = {
    "phone": "is not a phone number: write digits and spaces, such as 01234 567890",
    "email": "is not an email address",
    "website": "is not a web address: it starts with https://",
    "notice_url": "is not a web address: it starts with https://",
    "opens": "is not a time: write it as 08:30",
    "closes": "is not a time: write it as 17:00",
    "date": "is not a date: write it as 2026-11-21",
    "wording": "is not the fingerprint of a wording: copy the 64 characters that `aoa notice languages` prints",
}


def in_words(error: ValidationError) -> Iterator[Fault]:
    """Yield every fault of `error`, in words."""
    for detail in error.errors(include_url=False):
        yield Fault(".".join(str(part) for part in detail["loc"]) or "settings", _sentence(detail))


def _sentence(detail: ErrorDetails) -> str:
    field = str(detail["loc"][-1]) if detail["loc"] else ""
    if detail["type"] == "string_pattern_mismatch":
        return _SHAPES.get(field, "is not written as it should be") if detail["input"] else _WORDS["string_too_short"]
    if detail["type"] in _WORDS:
        return _WORDS[detail["type"]].format(**detail.get("ctx", {}))
    return detail["msg"].removeprefix("Value error, ")
