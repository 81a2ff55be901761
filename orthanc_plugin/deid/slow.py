"""The thorough path: any transfer syntax that pydicom reads, element by element.

The byte walker of `fast` does the same to plain little endian objects; a property test holds the two together.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO

from pydicom import FileDataset, dcmread, dcmwrite
from pydicom._dicom_dict import DicomDictionary
from pydicom.charset import convert_encodings
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_data_element
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag

from orthanc_plugin.deid import frames
from orthanc_plugin.deid.actions.base import Action
from orthanc_plugin.deid.actions.dummy import DUMMY_CODE_ITEM
from orthanc_plugin.deid.container import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    NATIVE,
    Buffer,
    Header,
    inflated,
)
from orthanc_plugin.deid.content import (
    BY_REFERENCE,
    CODE_VALUE,
    CODING_SCHEME,
    CONCEPT_NAME,
    CONTENT,
    VALUE_TYPE,
    Item,
    item_rule,
)
from orthanc_plugin.deid.context import Context
from orthanc_plugin.deid.facts import (
    CONSENT_FLAG,
    CONSENT_SEQUENCE,
    FACT,
    FACT_TAGS,
    LONGEST_FACT,
    PERSON_NAME,
    PIXEL_DATA,
    Facts,
)
from orthanc_plugin.deid.identity import CHARSET
from orthanc_plugin.deid.meta import file_meta
from orthanc_plugin.deid.outcome import UnreadableError
from orthanc_plugin.deid.plan import REMOVE, Plan, dictionary_vr, private_vr

_UNDEFINED = 0xFFFFFFFF
_BINARY_FACTS = (0x00280002, 0x00280010, 0x00280011, 0x00280100)
_NUL_PADDED = frozenset({"UI", "OB", "UN", "OW"})
MOST_NESTING = 64  # as the byte walker


class TooDeepError(Exception):
    """Sequences are nested deeper than any real object's."""


@dataclass(slots=True)
class Treatment:
    """De-identifies the data sets of one object.

    Attributes
    ----------
    plan : Plan
        Of its profile and SOP class.
    numbered : bool
        Whether content items are referenced by position.
    little : bool
        Byte order of the values.
    implicit : bool
        Whether values have no VR of their own.
    """

    plan: Plan
    numbered: bool
    little: bool
    implicit: bool
    depth: int = field(default=0, init=False)

    def dataset(
        self, source: Dataset, parent: int, context: Context, own: Mapping[int, Action] | None = None
    ) -> Dataset:
        """Return the new data set.

        Parameters
        ----------
        source : Dataset
            As read; its values are raw where pydicom left them raw.
        parent : int
            Tag of the sequence whose item this is, 0 for the object itself.
        context : Context
            Of the object.
        own : mapping, optional
            Actions that come before the plan's: those of a content item.
        """
        if parent and CHARSET in source:
            context = context.within(raw_value(source, CHARSET, little=self.little))
        new = Dataset()
        creators: dict[int, str] = {}
        for tag in sorted(source.keys()):
            if tag.is_private:
                action, vr = self._private(source, tag, creators)
            else:
                action, vr = (own or {}).get(tag) or self.plan.action(parent, tag), dictionary_vr(tag)
            if action is REMOVE or not tag.element:
                continue
            if vr == "SQ":
                self._sequence(source, new, tag, action, context)
            else:
                self._element(source, new, tag, vr, action, context)
        return new

    def _private(self, source: Dataset, tag: BaseTag, creators: dict[int, str]) -> tuple[Action, str]:
        """Return action and VR for a private attribute; remember the creators of blocks."""
        if tag.is_private_creator:
            creator = raw_value(source, tag, little=self.little).strip(b" \0").decode("latin-1")
            creators[tag.group << 8 | tag.element] = creator
            return self.plan.creator_action(creator), "LO"
        creator = creators.get(tag.group << 8 | tag.element >> 8, "")
        vr, source_vr = private_vr(creator, tag), source.get_item(tag).VR
        plain = source_vr == vr if vr == "SQ" else source_vr in (None, "UN", vr)
        return self.plan.private_action(creator, tag) if plain and not (vr == "SQ" and self.implicit) else REMOVE, vr

    def _element(self, source: Dataset, new: Dataset, tag: BaseTag, vr: str, action: Action, context: Context) -> None:  # noqa: PLR0913, PLR0917  the five facts of one attribute
        element = source.get_item(tag)
        if element.VR == "SQ" or is_lie(tag, vr, element.VR, action):
            return
        value = raw_value(source, tag, little=self.little)
        treated = action(vr, value, context)
        if treated is not None:
            new[tag] = self._raw(tag, vr, treated, element)

    def _raw(self, tag: BaseTag, vr: str, value: bytes, source: DataElement | RawDataElement) -> RawDataElement:
        undefined = bool(getattr(source, "is_undefined_length", False)) or getattr(source, "length", 0) == _UNDEFINED
        if len(value) % 2:
            value += b"\0" if vr in _NUL_PADDED else b" "
        written = stored_vr(tag, vr, source.VR)
        return RawDataElement(
            tag, written, _UNDEFINED if undefined else len(value), value, 0, self.implicit, self.little
        )

    def _sequence(self, source: Dataset, new: Dataset, tag: BaseTag, action: Action, context: Context) -> None:
        kind = action.on_sequence
        if kind == "remove":
            return
        if kind == "empty":
            new[tag] = DataElement(tag, "SQ", Sequence())
            return
        if kind == "dummy":
            new[tag] = DataElement(tag, "SQ", Sequence([_dummy_item(self.little, self.implicit)]))
            return
        items = _items(source, tag)
        if items is not None:
            self._recurse(items, new, tag, context)

    def _recurse(self, items: DataElement, new: Dataset, tag: BaseTag, context: Context) -> None:
        self.depth += 1
        if self.depth > MOST_NESTING:
            raise TooDeepError
        kept = []
        for item in items.value:
            rule = item_rule(self.plan.profile, item_of(item), numbered=self.numbered) if tag == CONTENT else None
            if rule is None or not rule.removed:
                treated = self.dataset(item, tag, context, rule.value if rule else None)
                treated.is_undefined_length_sequence_item = getattr(item, "is_undefined_length_sequence_item", False)
                kept.append(treated)
        self.depth -= 1
        if kept or not items.value:
            new[tag] = DataElement(tag, "SQ", Sequence(kept))
            new[tag].is_undefined_length = items.is_undefined_length


def _items(source: Dataset, tag: BaseTag) -> DataElement | None:
    """Return a sequence, or None where the value cannot be read as one."""
    element = source[tag]
    return element if element.VR == "SQ" else None


def stored_vr(tag: int, vr: str, source_vr: str | None) -> str:
    """Return the VR to write: the source's where the dictionary allows it, else the dictionary's."""
    entry = DicomDictionary.get(tag)
    allowed = entry[0].split(" or ") if entry else [vr]
    return source_vr if source_vr in allowed else allowed[0] if source_vr or len(allowed) == 1 else vr


def is_lie(tag: int, vr: str, source_vr: str | None, action: Action) -> bool:
    """Say whether bytes that should be kept unread come under a VR that cannot be theirs."""
    return action.bulk and source_vr not in (None, "", "UN") and stored_vr(tag, vr, source_vr) != source_vr


def raw_value(source: Dataset, tag: int, *, little: bool) -> bytes:
    """Return the stored bytes of a value, text as it was encoded; none for a sequence."""
    element = source.get_item(Tag(tag))
    if isinstance(element, RawDataElement):
        return element.value or b""
    if element is None or element.VR == "SQ" or element.is_empty:
        return b""
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = True, little
    write_data_element(buffer, element, convert_encodings(source._character_set))
    return buffer.getvalue()[8:]


def item_of(item: Dataset) -> Item:
    """Return concept and value type of a content item; empty texts where it has none."""
    value_type = _ascii(item, VALUE_TYPE)
    concept = item[CONCEPT_NAME].value if CONCEPT_NAME in item else None
    if not concept or not isinstance(concept[0], Dataset):
        return ("", "", value_type)
    return (_ascii(concept[0], CODE_VALUE), _ascii(concept[0], CODING_SCHEME), value_type)


def _ascii(item: Dataset, tag: int) -> str:
    return raw_value(item, tag, little=True).strip(b" \0").decode("latin-1") if tag in item else ""


def _dummy_item(little: bool, implicit: bool) -> Dataset:
    item = Dataset()
    for tag, vr, value in DUMMY_CODE_ITEM:
        padded = value + b" " * (len(value) % 2)
        item[tag] = RawDataElement(Tag(tag), vr, len(padded), padded, 0, implicit, little)
    return item


# What pydicom raises for bytes that are no object, as far as its readers and writers are known to.
PYDICOM_ERRORS = (
    ValueError, KeyError, IndexError, TypeError, AttributeError, NotImplementedError, struct.error, EOFError, OSError,
    OverflowError, RecursionError, InvalidDicomError, zlib.error, MemoryError, TooDeepError, AssertionError,
)  # fmt: skip


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
    try:
        return _read(data, header)
    except PYDICOM_ERRORS:
        raise UnreadableError("cannot be read as DICOM: broken or truncated") from None


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
    facts.consent_refused = any(_ascii(item, CONSENT_FLAG) not in ("YES", "") for item in consents)
    if PIXEL_DATA in dataset:
        _pixel_facts(facts, dataset.get_item(PIXEL_DATA))
    if CONTENT in dataset:
        names = (raw_value(item, PERSON_NAME, little=little) for item in _all_items(dataset, 0))
        facts[PERSON_NAME] = b"\\".join(filter(None, names))
    return facts


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


def treat(read_object: Read, plan: Plan, context: Context, facts_markers: Dataset) -> bytes:
    """Return the new file.

    Parameters
    ----------
    read_object : Read
        From `read`.
    plan : Plan
        Of profile and SOP class.
    context : Context
        Of the object.
    facts_markers : Dataset
        What the output says about itself.

    Raises
    ------
    UnreadableError
        When a part of it cannot be understood.
    """
    facts = read_object.facts
    implicit = facts.transfer_syntax == IMPLICIT_LITTLE
    numbered = (
        any(BY_REFERENCE in item for item in _all_items(read_object.dataset, 0))
        if CONTENT in read_object.dataset
        else False
    )
    try:
        treatment = Treatment(plan, numbered, read_object.little, implicit)
        new = treatment.dataset(read_object.dataset, 0, context)
        new.update(facts_markers)
        _cut_pixels(new, facts)
        return _written(new, facts.transfer_syntax, implicit=implicit, little=read_object.little)
    except PYDICOM_ERRORS:
        raise UnreadableError("cannot be understood to its end: broken or hostile") from None


def _cut_pixels(new: Dataset, facts: Facts) -> None:
    """Drop what follows the last pixel, and the texts in compressed frames: both can hold anything."""
    needed = facts.native_length
    element = new.get_item(PIXEL_DATA) if PIXEL_DATA in new else None
    if facts.pixel_length is None and isinstance(element, RawDataElement) and element.value:
        new[PIXEL_DATA] = element._replace(value=_without_text(element.value, facts.transfer_syntax))
    if needed is not None and isinstance(element, RawDataElement) and element.value and len(element.value) > needed:
        new[PIXEL_DATA] = element._replace(value=element.value[:needed], length=needed)


def _without_text(value: bytes, transfer_syntax: str) -> bytes:
    """Return compressed frames without the texts in them."""
    values, _ = frames.fragments(value, 0, len(value), delimited=False)
    out = bytearray(value)
    for (start, end), new in frames.cleaned(value, values, transfer_syntax).items():
        out[start:end] = new
    return bytes(out)


def _all_items(dataset: Dataset, depth: int) -> Iterator[Dataset]:
    yield dataset
    if depth < MOST_NESTING and CONTENT in dataset and dataset[CONTENT].VR == "SQ":
        for item in dataset[CONTENT].value:
            yield from _all_items(item, depth + 1)


def _written(new: Dataset, syntax: str, *, implicit: bool, little: bool) -> bytes:
    meta = file_meta(_ascii(new, 0x00080016), _ascii(new, 0x00080018), syntax)
    buffer = BytesIO()
    # the markers are shared between objects: pydicom must not decide about them, so implicit and little are said
    out = FileDataset("", new, preamble=bytes(128), file_meta=meta)
    dcmwrite(buffer, out, implicit_vr=implicit, little_endian=little, enforce_file_format=True)
    return buffer.getvalue()
