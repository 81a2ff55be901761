"""Which de-identification tool was here before, by the traces it leaves. No tool grants trust (R81)."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from orthanc_plugin.verify.reading.reading import Reading

_META = {"implementation-version": 0x00020013, "implementation-uid": 0x00020012}
_METHOD, _UIDS = 0x00120063, (0x00080018, 0x0020000D, 0x0020000E)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, what is known of it, and where it leaves which trace."""

    name: str
    about: str
    public_service: bool
    traces: tuple[tuple[str, re.Pattern[str]], ...]


@lru_cache(maxsize=1)
def tools() -> tuple[Tool, ...]:
    """Return the tools that `data/tools.toml` lists."""
    text = files("orthanc_plugin.verify").joinpath("data/tools.toml").read_text("utf-8")
    return tuple(
        Tool(
            entry["name"],
            entry["about"],
            entry.get("public_service", False),
            tuple((trace["where"], re.compile(trace["regex"], re.IGNORECASE)) for trace in entry["traces"]),
        )
        for entry in tomllib.loads(text)["tool"]
    )


def recognise(reading: Reading) -> list[Tool]:
    """Return the tools whose traces an object carries."""
    places: dict[str, list[str]] = {}
    for where, text in _traces(reading):
        places.setdefault(where, []).append(text)
    return [tool for tool in tools() if any(_fits(regex, places.get(where, [])) for where, regex in tool.traces)]


def _fits(regex: re.Pattern[str], texts: list[str]) -> bool:
    return any(regex.search(text) for text in texts)


def _traces(reading: Reading) -> Iterator[tuple[str, str]]:
    top = reading.top()
    for where, tag in _META.items():
        if tag in top:
            yield where, _text(reading.meta_value(top[tag]))
    if _METHOD in top:
        yield "deidentification-method", _text(reading.value(top[_METHOD]))
    for tag in _UIDS:
        if tag in top:
            yield "uid-root", _text(reading.value(top[tag]))
    for element in reading.elements:
        if element[0] & 0x10000 and 0x10 <= element[0] & 0xFFFF <= 0xFF:
            yield "private-creator", _text(reading.value(element))


def _text(value: bytes) -> str:
    return value.decode("latin-1").strip(" \0")
