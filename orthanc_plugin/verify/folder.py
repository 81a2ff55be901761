"""Verify a whole folder that any tool may have written: objects, other files, and their names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orthanc_plugin.verify.check import examine, looker_for, opened
from orthanc_plugin.verify.finding import Finding, Severity
from orthanc_plugin.verify.known.collect import charset_of, decode, is_placeholder, kind_of
from orthanc_plugin.verify.known.known import Kind, KnownIdentifiers
from orthanc_plugin.verify.look import embedded
from orthanc_plugin.verify.look.hipaa import checklist
from orthanc_plugin.verify.look.tools import recognise
from orthanc_plugin.verify.look.values import Looker
from orthanc_plugin.verify.reading import documents
from orthanc_plugin.verify.reading.reading import Reading
from orthanc_plugin.verify.reading.walk import name_place

_FILLED = {
    **dict.fromkeys((Kind.NAME, Kind.BIRTH_DATE, Kind.ADDRESS, Kind.PHONE, Kind.EMAIL), Severity.QUARANTINE),
    **dict.fromkeys((Kind.ORGANISATION, Kind.DEVICE), Severity.NOTE),
}
"""What an element that identifies means when it is not empty; a name with digits in it is a code."""
_OUR_CODE = re.compile("AOA-[BCDFGHJKLMNPQRSTVWXZ]{12,20}")  # no vowel, so no name
_PICTURES = (b"\xff\xd8", b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51")
_DOCUMENTS = (b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"<")


@dataclass(frozen=True)
class FileReport:
    """What was found in one file.

    Attributes
    ----------
    name : str
        Its path within the folder, or only its number where the path itself identifies somebody.
    kind : str
        ``DICOM`` or ``other``.
    tools : list of (str, str)
        Tools whose traces it carries, and what is known of each.
    findings : list of Finding
        Where and by which rule.
    hipaa : dict of str to str
        Letter of the category to ``open``, ``look`` or ``closed``; empty for what is no DICOM.
    """

    name: str
    kind: str
    findings: Sequence[Finding]
    tools: Sequence[tuple[str, str]] = ()
    hipaa: dict[str, str] = field(default_factory=dict)

    @property
    def may_leave(self) -> bool:
        """Whether nothing in it has to be held back."""
        return not any(finding.quarantines for finding in self.findings)


def inspect_folder(folder: Path, known: KnownIdentifiers, *, marked: bool = False) -> Iterator[FileReport]:
    """Verify every file under a folder, in order of their names.

    Parameters
    ----------
    folder
        Or a single file.
    known
        What is known of the patients.
    marked
        Whether the objects must carry the markers that this product writes.

    Raises
    ------
    OSError
        When a file cannot be read.
    """
    paths = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if not path.is_dir())
    looker = looker_for(known)
    for number, path in enumerate(paths, 1):
        shown = path.name if path == folder else str(path.relative_to(folder))
        named = [Finding("file or folder name", rule, severity) for rule, severity in looker.text(shown.encode())]
        yield _inspect(path, f"file {number} (name withheld)" if named else shown, named, known, marked=marked)


def _inspect(path: Path, name: str, named: list[Finding], known: KnownIdentifiers, *, marked: bool) -> FileReport:
    if path.is_symlink():
        return FileReport(name, "other", [*named, Finding("file", "symbolic-link-not-followed")])
    with opened(path) as file:
        if file[128:132] != b"DICM" and not file[:8].startswith(b"\x08\x00"):
            found = set(_foreign(file[:], looker_for(known)))
            return FileReport(name, "other", sorted([*named, *found]))
        reading, findings = examine(file, known, marked=marked)
        tools = recognise(reading)
        extra = [Finding("(0012,0063) DeidentificationMethod", "public-web-service", Severity.NOTE)]
        findings = [*named, *findings, *(extra if any(tool.public_service for tool in tools) else [])]
        if not marked:
            findings += _still_filled(reading)
        told = [(tool.name, tool.about) for tool in tools]
        return FileReport(name, "DICOM", findings, told, checklist(reading, findings))


def _still_filled(reading: Reading) -> Iterator[Finding]:
    """Yield elements that identify and hold a value, whoever's: a foreign tool may have missed people nobody listed."""
    for tag, vr, start, length, parent in reading.elements:
        kind = kind_of(tag, vr) if length else None
        if kind not in _FILLED:
            continue
        text = decode(reading.data[start : start + length], charset_of(reading)).strip(" \0^")
        if text and not is_placeholder(text) and not (kind is Kind.NAME and _is_code(text)):
            yield Finding(name_place(tag, parent), f"still-filled-{kind}", _FILLED[kind])


def _is_code(text: str) -> bool:
    return any(letter.isdigit() for letter in text) or bool(_OUR_CODE.fullmatch(text))


def _foreign(data: bytes, looker: Looker) -> Iterator[Finding]:
    """Look into a file that is no DICOM: picture, document or text; what is neither, for what is known alone."""
    if data.startswith(_PICTURES):
        for what, segment in embedded.segments(data):
            yield from looker.unstructured(what, segment)
        yield Finding("picture", "pixels-not-read", Severity.NOTE)
    elif data.startswith(documents.PNG):
        for text in documents.png_texts(data):
            yield from looker.unstructured("beside the pixels", text)
        yield Finding("picture", "pixels-not-read", Severity.NOTE)
    elif data.startswith(_DOCUMENTS) or _is_text(data):
        for form in documents.texts(data):
            yield from looker.unstructured("content", form)
    else:
        yield from looker.binary("content", data)


def _is_text(data: bytes) -> bool:
    return not any(control in data[:4096] for control in (b"\0", b"\x01", b"\x02", b"\x03"))
