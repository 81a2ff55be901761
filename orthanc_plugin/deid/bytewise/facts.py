"""The facts of an object that `Reader` read."""

from collections.abc import Iterator

from orthanc_plugin.deid.bytewise.reader import ItemAt, Reader
from orthanc_plugin.deid.bytewise.table import Found
from orthanc_plugin.deid.errors import UnreadableError
from orthanc_plugin.deid.objects.container import NATIVE
from orthanc_plugin.deid.objects.facts import (
    CONSENT_FLAG,
    CONSENT_SEQUENCE,
    FACT_TAGS,
    LONGEST_FACT,
    PERSON_NAME,
    PIXEL_DATA,
    Facts,
)
from orthanc_plugin.deid.objects.nested import INSIDE, Named, is_seen
from orthanc_plugin.deid.rules.content import CONTENT


def facts_of(reader: Reader, transfer_syntax: str, known: dict[int, bytes]) -> Facts:
    """Return what decides about the whole object: what is `known` of it, and what the reader met.

    Raises
    ------
    UnreadableError
        When the pixel data are not stored as the transfer syntax says.
    """
    data, facts, named = reader.data, Facts(known), Named()
    facts.transfer_syntax = transfer_syntax
    for entry, at, value, stop in reader.telling:
        if entry.tag in FACT_TAGS:
            facts[entry.tag] = data[value : min(stop, value + LONGEST_FACT)]
        elif entry.tag in INSIDE:
            _look_inside(reader, (entry, at, value, stop), named)
        elif entry.tag in (PIXEL_DATA, CONSENT_SEQUENCE, CONTENT):
            _add(facts, reader, (entry, at, value, stop))
        elif stop > value and data[value : value + 2] != b"\1\0":
            facts.overlay_in_pixels = True
    named.add_to(facts)  # last, so that nothing the object itself says takes its place
    return facts


def _add(facts: Facts, reader: Reader, found: Found) -> None:
    """Add what one of the three attributes with facts inside says."""
    entry, at, value, stop = found
    if entry.tag == PIXEL_DATA:
        undefined = reader.is_undefined(entry, at)
        if (facts.transfer_syntax in NATIVE) == undefined:
            raise UnreadableError("its pixel data are not stored as its transfer syntax says")
        facts.pixel_length = None if undefined else stop - value
    elif entry.tag == CONSENT_SEQUENCE:
        flags = [reader.value(item.found, CONSENT_FLAG) for item in reader.items_of(*found)]
        facts.consent_refused = any(flag.strip(b" \0") not in (b"YES", b"") for flag in flags)
    else:
        names = [facts.get(PERSON_NAME, b""), *_names(reader, reader.items_of(*found))]
        facts[PERSON_NAME] = b"\\".join(filter(None, names))


def _look_inside(reader: Reader, sequence: Found, named: Named) -> None:
    """Find the people in the items of a sequence, at every depth."""
    parent = sequence[0].tag
    for item in reader.items_of(*sequence):
        for found in item.found:
            entry, _, value, stop = found
            if is_seen(parent, entry.tag):
                named.see(parent, entry.tag, reader.data[value:stop])
            elif entry.source_vr == "SQ" or (entry.vr == "SQ" and not entry.source_vr):
                _look_inside(reader, found, named)


def _names(reader: Reader, items: list[ItemAt]) -> Iterator[bytes]:
    """Yield the person names of content items, at every depth."""
    for item in items:
        for each in item.found:
            if each[0].tag == PERSON_NAME:
                yield reader.data[each[2] : each[3]]
            elif each[0].tag == CONTENT:
                yield from _names(reader, reader.items_of(*each))
