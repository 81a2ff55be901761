"""What the shape of an object tells: private elements, markers, file meta, padding, graphics that nobody read."""

import json
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from orthanc_plugin.verify.finding import Finding, Severity
from orthanc_plugin.verify.reading.reading import Reading
from orthanc_plugin.verify.reading.walk import Element, name_place

_MARKERS = {0x00120062: b"YES", 0x00120063: None, 0x00120064: None, 0x00280303: None}
"""Elements that every de-identified object carries, with the value where there is only one (PS3.15 E.1.1)."""
_PRIVATE_META = (0x00020100, 0x00020102)
_PADDING = 0xFFFCFFFC
_UNREAD = {0x00880200: "icon-image", 0x00420011: "encapsulated-document", 0x0400_0520: "encrypted-content"}
_GRAPHICS = frozenset(group << 16 | 0x3000 for start in (0x5000, 0x6000) for group in range(start, start + 0x20, 2))
_WATCHED = _GRAPHICS | _UNREAD.keys() | {_PADDING}


def findings(reading: Reading, *, marked: bool) -> Iterator[Finding]:
    """Yield what is wrong with the shape of an object, whoever's it is."""
    if reading.fault:
        yield Finding(f"file: {reading.fault}", "structure-unreadable")
    if reading.headless:
        yield Finding("file", "no-file-meta")
    elif any(reading.file[:128]):
        yield Finding("preamble", "preamble-not-empty")
    if reading.after_end:
        yield Finding("bytes after the end", "bytes-after-the-end")
    yield from _private(reading)
    yield from _meta(reading)
    yield from _by_tag(reading)
    if marked:
        yield from _markers(reading)


def _private(reading: Reading) -> Iterator[Finding]:
    private = [element for element in reading.elements if element[0] & 0x10000]
    creators = {(e[4], e[0]): reading.value(e) for e in private if 0x10 <= e[0] & 0xFFFF <= 0xFF}
    for element in private:
        if element[0] & 0xFFFF and not _is_safe(element, creators):
            yield Finding(name_place(element[0], element[4]), "private-element")


def _is_safe(element: Element, creators: dict[tuple[str, int], bytes]) -> bool:
    """Whether PS3.15 Table E.3.10-1 lists a private element, or it announces a creator of that table."""
    tag, _, _, _, parent = element
    group, number = tag >> 16, tag & 0xFFFF
    creator = creators.get((parent, tag if number <= 0xFF else group << 16 | number >> 8), b"").strip(b" \0")
    listed = safe_private().get(creator.decode("latin-1"), frozenset())
    return bool(listed) if number <= 0xFF else (group, number & 0xFF) in listed


@lru_cache(maxsize=1)
def safe_private() -> dict[str, frozenset[tuple[int, int]]]:
    """Return group and low byte of each safe private attribute by creator (PS3.15 Table E.3.10-1)."""
    text = files("orthanc_plugin.verify").joinpath("data/ps315_safe_private.json").read_text("utf-8")
    found: dict[str, set[tuple[int, int]]] = {}
    for row in json.loads(text):
        found.setdefault(row["creator"], set()).add((int(row["group"], 16), int(row["element"][2:], 16)))
    return {creator: frozenset(places) for creator, places in found.items()}


def _meta(reading: Reading) -> Iterator[Finding]:
    for element in reading.meta:
        if element[0] in _PRIVATE_META:
            yield Finding(name_place(element[0]), "private-file-meta")


def _by_tag(reading: Reading) -> Iterator[Finding]:
    for element in [each for each in reading.elements if each[0] in _WATCHED]:
        tag, _, _, length, parent = element
        if tag in _UNREAD and (length or tag == 0x00880200):
            yield Finding(name_place(tag, parent), f"{_UNREAD[tag]}-not-read")
        elif tag == _PADDING and any(reading.value(element)):
            yield Finding(name_place(tag, parent), "padding-not-empty")
        elif tag in _GRAPHICS and length:
            drawn = Severity.QUARANTINE if any(reading.value(element)) else Severity.NOTE
            yield Finding(name_place(tag, parent), "overlay-or-curve-not-read", drawn)


def _markers(reading: Reading) -> Iterator[Finding]:
    for tag, wanted in _MARKERS.items():
        told = reading.told(tag)
        value = told[1].strip(b" \0") if told else b""
        missing = told is None or (wanted is not None and value != wanted)
        if missing or (not value and wanted is None and tag != 0x00120064):
            yield Finding(name_place(tag), "marker-missing")
