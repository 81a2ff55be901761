"""People and places named inside sequences of an object's header: terms to look for in its texts, too."""

from dataclasses import dataclass, field

from pydicom.datadict import tag_for_keyword

from orthanc_plugin.deid.objects.facts import LONGEST_FACT, PERSON_NAME, Facts
from orthanc_plugin.deid.objects.identity import NAME_TAGS, tags_of

INSIDE = frozenset(tags_of("inside"))
"""The sequences of the object itself that are looked into."""

_PERSONS = frozenset(
    tag
    for keyword in ("PersonIdentificationCodeSequence", "ContentCreatorIdentificationCodeSequence")
    if (tag := tag_for_keyword(keyword)) is not None
)
_CODE_MEANING, _OTHER_IDS = 0x00080104, 0x00101000
_INSTITUTION = 0x00080080
_NAMES, _NUMBERS, _PLACES = frozenset(NAME_TAGS), frozenset(tags_of("numbers")), frozenset(tags_of("phrases"))


@dataclass(slots=True)
class Named:
    """Names, numbers and places found so far, as raw values."""

    names: list[bytes] = field(default_factory=list)
    numbers: list[bytes] = field(default_factory=list)
    places: list[bytes] = field(default_factory=list)

    def see(self, parent: int, tag: int, value: bytes) -> None:
        """Look at one element of an item of the sequence `parent`."""
        if tag in _NAMES or (tag == _CODE_MEANING and parent in _PERSONS):
            self.names.append(value)
        elif tag in _NUMBERS:
            self.numbers.append(value)
        elif tag in _PLACES:
            self.places.append(value)

    def add_to(self, facts: Facts) -> None:
        """Add what was found to what the object itself says of people."""
        for tag, found in ((PERSON_NAME, self.names), (_OTHER_IDS, self.numbers), (_INSTITUTION, self.places)):
            values = [part for part in (facts.get(tag, b""), *found) if part.strip(b" \0")]
            if found and values:
                facts[tag] = b"\\".join(values)[:LONGEST_FACT]


def is_seen(parent: int, tag: int) -> bool:
    """Say whether `Named.see` takes an interest in an element."""
    return tag in _NAMES or tag in _NUMBERS or tag in _PLACES or (tag == _CODE_MEANING and parent in _PERSONS)
