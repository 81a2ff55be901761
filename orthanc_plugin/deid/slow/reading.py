"""Reading an object with pydicom, and what decides about it."""

from dataclasses import dataclass
from io import BytesIO

from pydicom import dcmread
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset

from orthanc_plugin.deid.errors import UnreadableError
from orthanc_plugin.deid.objects.container import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    NATIVE,
    Buffer,
    Header,
    inflated,
)
from orthanc_plugin.deid.objects.facts import (
    CONSENT_FLAG,
    CONSENT_SEQUENCE,
    FACT,
    FACT_TAGS,
    LONGEST_FACT,
    PERSON_NAME,
    PIXEL_DATA,
    Facts,
)
from orthanc_plugin.deid.objects.nested import INSIDE, Named, is_seen
from orthanc_plugin.deid.objects.values import ascii_value, raw_value
from orthanc_plugin.deid.rules.content import CONTENT
from orthanc_plugin.deid.rules.plan import dictionary_vr
from orthanc_plugin.deid.slow.content import all_items
from orthanc_plugin.deid.slow.errors import refused

_UNDEFINED = 0xFFFFFFFF
_BINARY_FACTS = (0x00280002, 0x00280010, 0x00280011, 0x00280100)


@dataclass(frozen=True, slots=True)
class Read:
    """A data set, how it was written, and its facts."""

    dataset: Dataset
    implicit: bool
    little: bool
    facts: Facts


def read(data: Buffer, header: Header) -> Read:
    """Read an object with pydicom.

    Raises
    ------
    UnreadableError
        When it cannot be read to its end.
    """
    with refused("cannot be read as DICOM: broken or truncated"):
        return _read(data, header)


def _read(data: Buffer, header: Header) -> Read:
    if header.transfer_syntax == DEFLATED:
        dataset: Dataset = read_dataset(
            BytesIO(inflated(data[header.start :])), is_implicit_VR=False, is_little_endian=True
        )
        implicit, little = False, True
    else:
        dataset = dcmread(BytesIO(data), force=True)
        implicit, little = bool(dataset.original_encoding[0]), dataset.original_encoding[1] is not False
    _refuse_truncated(dataset)
    return Read(dataset, implicit, little, _facts(dataset, header, implicit=implicit, little=little))


def _refuse_truncated(dataset: Dataset) -> None:
    for tag in list(dataset.keys()):
        element = dataset.get_item(tag)
        if isinstance(element, RawDataElement) and element.length not in (_UNDEFINED, len(element.value or b"")):
            raise UnreadableError("truncated: an attribute ends after the end of the file")


def _facts(dataset: Dataset, header: Header, *, implicit: bool, little: bool) -> Facts:
    facts = Facts({tag: raw_value(dataset, tag, little=little)[:LONGEST_FACT] for tag in FACT_TAGS if tag in dataset})
    if not little:
        facts.update({tag: facts[tag][::-1] for tag in _BINARY_FACTS if tag in facts})
    facts.setdefault(FACT["SOPClassUID"], header.sop_class.encode())
    facts.transfer_syntax = _syntax(header.transfer_syntax, implicit=implicit, little=little)
    overlays = (tag for tag in list(dataset.keys()) if tag.group & 0xFF00 == 0x6000 and tag.element == 0x0100)
    facts.overlay_in_pixels = any(
        raw_value(dataset, tag, little=little)[:2] not in (b"\1\0", b"\0\1") for tag in overlays
    )
    consents = dataset[CONSENT_SEQUENCE].value if CONSENT_SEQUENCE in dataset else []
    facts.consent_refused = any(ascii_value(item, CONSENT_FLAG) not in ("YES", "") for item in consents)
    if PIXEL_DATA in dataset:
        _pixel_facts(facts, dataset.get_item(PIXEL_DATA))
    if CONTENT in dataset:
        names = (raw_value(item, PERSON_NAME, little=little) for item in all_items(dataset))
        facts[PERSON_NAME] = b"\\".join(filter(None, names))
    named = Named()
    for tag in INSIDE.intersection(dataset.keys()):
        _look_inside(dataset, tag, named, little=little)
    named.add_to(facts)
    return facts


def _look_inside(dataset: Dataset, tag: int, named: Named, *, little: bool) -> None:
    """Find the people in the items of a sequence, at every depth."""
    element = dataset[tag]
    for item in element.value if element.VR == "SQ" else []:
        for inner in sorted(item.keys()):
            if is_seen(tag, inner):
                named.see(tag, inner, raw_value(item, inner, little=little))
            elif dictionary_vr(inner) == "SQ":
                _look_inside(item, inner, named, little=little)


def _pixel_facts(facts: Facts, pixels: DataElement | RawDataElement) -> None:
    undefined = getattr(pixels, "length", 0) == _UNDEFINED or bool(getattr(pixels, "is_undefined_length", False))
    if (facts.transfer_syntax in NATIVE) == undefined:
        raise UnreadableError("its pixel data are not stored as its transfer syntax says")
    if not undefined:
        facts.pixel_length = len(pixels.value or b"")


def _syntax(named: str, *, implicit: bool, little: bool) -> str:
    """Return the transfer syntax the data set really is in; a named one of compressed pixels is believed."""
    if named in NATIVE - {DEFLATED} or not named:
        return IMPLICIT_LITTLE if implicit else EXPLICIT_LITTLE if little else EXPLICIT_BIG
    return named
