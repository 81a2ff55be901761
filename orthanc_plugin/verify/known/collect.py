"""Which parts of an original identify somebody: from its data set, or from its bytes."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from pydicom import Dataset
from pydicom.charset import decode_bytes, python_encoding
from pydicom.datadict import tag_for_keyword
from pydicom.valuerep import PersonName

from orthanc_plugin.verify.known.again import Memory, Template
from orthanc_plugin.verify.known.known import Identifier, Kind, KnownIdentifiers
from orthanc_plugin.verify.reading.file import reading_of
from orthanc_plugin.verify.reading.reading import Reading, read
from orthanc_plugin.verify.reading.walk import Buffer, Element, dictionary_vr

_DELIMITERS = frozenset(map(ord, "\n\r\t\f\\^="))
_DICOM_ROOT = "1.2.840.10008."
_BY_VR = {b"PN": Kind.NAME, b"DA": Kind.DATE, b"DT": Kind.DATE}
_PRIVATE_BY_VR = {**_BY_VR, b"UI": Kind.UID}
_Raw = tuple[int, Kind, bytes]
_BIRTH_DATE = 0x00100030
_CHARSET = 0x00080005


@dataclass(frozen=True, slots=True)
class _Table:
    """The TOML table `identifying`, by tag."""

    kinds: dict[int, Kind]
    class_uids: frozenset[int]
    placeholders: frozenset[str]
    makers: frozenset[str]


def _load() -> _Table:
    text = files("orthanc_plugin.verify").joinpath("data/identifying.toml").read_text("utf-8")
    table = tomllib.loads(text)
    kinds = {tag: Kind(kind) for kind in Kind if kind in table for tag in _tags(table[kind])}
    return _Table(
        kinds | {_BIRTH_DATE: Kind.BIRTH_DATE},
        frozenset(_tags(table["class_uids"])),
        frozenset(table["placeholders"]),
        frozenset(table["makers"]),
    )


def _tags(keywords: Iterable[str]) -> Iterator[int]:
    """Return tags; a keyword that this pydicom does not know yet is passed over."""
    return (tag for tag in map(tag_for_keyword, keywords) if tag is not None)


_TABLE = _load()


def kind_of(tag: int, vr: bytes) -> Kind | None:
    """Return what sort of identifier an original's element holds; None for one that identifies nobody."""
    if (kind := _TABLE.kinds.get(tag)) is not None:
        return kind
    known = dictionary_vr(tag)
    effective = vr if known == b"UN" else known
    if effective == b"UI":
        return None if tag in _TABLE.class_uids else Kind.UID
    return _BY_VR.get(effective) or _BY_VR.get(vr)


def identifiers_in(tag: int, kind: Kind, values: Iterable[str]) -> tuple[Identifier, ...]:
    """Return the identifiers among an element's values, without placeholders."""
    found = []
    for value in values:
        text = value.strip(" \0")
        if kind in {Kind.DATE, Kind.BIRTH_DATE}:
            text = text[:8].strip()
        if text and not is_placeholder(text):
            found.append(Identifier(kind, text, tag))
    return tuple(found)


def is_placeholder(text: str) -> bool:
    """Whether a text is what people write when there is nothing to say."""
    return text.lower().replace("^", " ").strip() in _TABLE.placeholders


def is_maker(value: bytes) -> bool:
    """Whether a manufacturer's or model's name is made of the known words of such names alone."""
    return all(word in _TABLE.makers for word in re.findall(r"[^\W\d_]+", value.decode("latin-1").lower()))


def instance_uids(values: Iterable[str]) -> Iterator[str]:
    """Return the values that name an instance; DICOM's own UIDs (PS3.6 Annex A) name none."""
    for value in values:
        uid = value.strip(" \0")
        if uid and not uid.startswith(_DICOM_ROOT) and uid.count(".") >= 2:
            yield uid


def known_in_dataset(dataset: Dataset) -> KnownIdentifiers:
    """Return what an *original* data set, file meta included, tells of the patient, staff, place and device.

    Parameters
    ----------
    dataset
        The original as pydicom read it; it is not changed.
    """
    found: list[Identifier] = []
    uids: list[str] = []
    meta = getattr(dataset, "file_meta", None)
    for part in (meta, dataset):
        for element in part.iterall() if part is not None else ():
            kind = kind_of(int(element.tag), element.VR.encode())
            if kind is None or element.VR == "SQ":
                continue
            values = _texts(element.value)
            if kind is Kind.UID:
                uids += instance_uids(values)
            else:
                found += identifiers_in(int(element.tag), kind, values)
    return KnownIdentifiers(frozenset(found), frozenset(uids))


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bytes):
        return value.decode("latin-1").split("\\")
    if isinstance(value, str | PersonName) or not isinstance(value, Iterable):
        return [str(value)]
    return [str(each) for each in value]


def known_in_bytes(data: bytes) -> KnownIdentifiers:
    """As `known_in_dataset`, from an original file's bytes, at the speed that a series of slices needs.

    Raises
    ------
    ValueError
        When the bytes cannot be read as DICOM: then nothing is known, and nothing may leave.
    """
    reading = read(data)
    if reading.fault:
        raise ValueError(f"the original cannot be read: {reading.fault}")
    return from_reading(reading)


def known_in_file(data: Path | int) -> KnownIdentifiers:
    """As `known_in_bytes`, from a file by its path or open; native pixel data are not read.

    Raises
    ------
    OSError
        When it cannot be read.
    ValueError
        When it cannot be read as DICOM: then nothing is known, and nothing may leave.
    """
    fitting = _memory.fit(data) if isinstance(data, int) else None
    if fitting is not None:
        return from_reading(*fitting)
    with reading_of(data) as reading:
        if reading.fault:
            raise ValueError(f"the original cannot be read: {reading.fault}")
        _memory.learn(reading)
        return from_reading(reading)


_memory = Memory(private=True)


def from_reading(reading: Reading, template: Template | None = None) -> KnownIdentifiers:
    """Return what an original that was already read knows; together with what it has of a template."""
    charset = charset_of(reading)
    stable: list[_Raw] = []
    uids: list[bytes] = []
    _tell(reading.meta, reading.file, stable, uids)
    _tell(reading.elements, reading.data, stable, uids)
    if template is not None:
        told, told_uids = template.told or _told(template)
        stable += told
        uids += told_uids
    named = (uid for raw in uids for uid in raw.decode("latin-1").split("\\"))
    return KnownIdentifiers(_identifiers(tuple(stable), charset), frozenset(instance_uids(named)))


def _told(template: Template) -> tuple[list[_Raw], list[bytes]]:
    """Return what the stretches of a template tell, worked out once."""
    stable: list[_Raw] = []
    uids: list[bytes] = []
    for stretch in template.stretches:
        _tell(stretch.elements, stretch.raw, stable, uids)
    template.told = stable, uids
    return template.told


def _tell(elements: Iterable[Element], data: Buffer, stable: list[_Raw], uids: list[bytes]) -> None:
    """Add what elements hold that identifies; UIDs apart."""
    for tag, vr, start, length, _ in elements:
        if length and (kind := _KINDS[tag] if tag in _KINDS else _learn_kind(tag, vr)) is not None:
            raw = data[start : start + length]
            if kind is Kind.UID:
                uids.append(raw)
            else:
                stable.append((tag, kind, raw))


_KINDS: dict[int, Kind | None] = {}
"""Kinds of standard tags, whose VR the dictionary knows; filled as they are met."""


def _learn_kind(tag: int, vr: bytes) -> Kind | None:
    if tag & 0x10000:
        return _PRIVATE_BY_VR.get(vr)
    kind = kind_of(tag, vr)
    if dictionary_vr(tag) != b"UN":
        _KINDS[tag] = kind
    return kind


@lru_cache(maxsize=256)
def _identifiers(stable: tuple[tuple[int, Kind, bytes], ...], charset: bytes) -> frozenset[Identifier]:
    """Return the identifiers of raw values; the slices of a series mostly share them, so the answer is kept."""
    return frozenset(each for tag, kind, raw in stable for each in _decoded(tag, kind, raw, charset))


@lru_cache(maxsize=16384)
def _decoded(tag: int, kind: Kind, raw: bytes, charset: bytes) -> tuple[Identifier, ...]:
    return identifiers_in(tag, kind, decode(raw, charset).split("\\"))


def decode(raw: bytes, charset: bytes) -> str:
    """Decode a raw value by (0008,0005) as it stands in the file; never raises."""
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    try:
        return decode_bytes(raw, python_encodings(charset), set(_DELIMITERS))
    except (UnicodeError, LookupError):
        return raw.decode("latin-1")


@lru_cache(maxsize=256)
def python_encodings(charset: bytes) -> tuple[str, ...]:
    """Return the Python encodings for a raw Specific Character Set (PS3.3 C.12.1.1.2).

    Terms that nobody knows are left out: pydicom would write them into a warning, and a name may have been put there.
    """
    terms = [term.strip() for term in charset.decode("ascii", "replace").split("\\")]
    return tuple(dict.fromkeys(python_encoding[term] for term in terms if term in python_encoding)) or ("iso8859",)


def charset_of(reading: Reading) -> bytes:
    """Return (0008,0005) as it stands in the file; empty when it is not there."""
    if _CHARSET in reading.shared:
        return reading.shared[_CHARSET][1].strip(b" \0")
    for element in reading.elements:
        if element[0] == _CHARSET and not element[4]:
            return reading.value(element).strip(b" \0")
        if element[0] > _CHARSET:
            break
    return b""
