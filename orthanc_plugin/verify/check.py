"""Verify one object: the whole independent look (ADR 0041)."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orthanc_plugin.verify.finding import Finding
from orthanc_plugin.verify.known.again import Memory
from orthanc_plugin.verify.known.collect import charset_of
from orthanc_plugin.verify.known.known import KnownIdentifiers
from orthanc_plugin.verify.known.match import matcher_for, roots
from orthanc_plugin.verify.look import embedded, room, structure, values
from orthanc_plugin.verify.look.values import Looker
from orthanc_plugin.verify.reading.file import reading_of
from orthanc_plugin.verify.reading.reading import Reading, read
from orthanc_plugin.verify.reading.walk import Buffer


def verify(
    data: bytes | Path | int, known: KnownIdentifiers, *, own: KnownIdentifiers | None = None, marked: bool = True
) -> list[Finding]:
    """Look for everything that must not be in a de-identified object.

    Parameters
    ----------
    data
        The object's bytes, the path of its file, or the open file (a 2 GB object needs no 2 GB).
    known
        What is known of all patients of the release, from their originals and from the patient record.
    own
        What the object's own original held, where `known` comes from many: only that can be found to stand where it
        stood. A date that was shifted may well be another patient's date.
    marked
        Whether the object must carry the markers that this product writes; False for other tools' output.

    Returns
    -------
    list of Finding
        Sorted, without repetition. Bytes that cannot be read give a finding, never an exception.

    Raises
    ------
    OSError
        When a file cannot be read.
    """
    own = known if own is None else own
    if isinstance(data, int):
        return _open_file(data, known, own, marked=marked)
    with reading_of(data) as reading:
        return sorted(set(_findings(reading, known, own, marked=marked)))


_memory = Memory(private=False)


def _open_file(handle: int, known: KnownIdentifiers, own: KnownIdentifiers, *, marked: bool) -> list[Finding]:
    """Verify an open file; what was clean in the object before, the same to the byte, is not looked at again."""
    fitting = _memory.fit(handle)
    if fitting is not None:
        less, template = fitting
        here = (known, own, marked, charset_of(less))
        if here in template.clean and not any(_findings(less, known, own, marked=marked)):
            return []
    with reading_of(handle) as reading:
        found = sorted(set(_findings(reading, known, own, marked=marked)))
        if not found:
            learnt = fitting[1] if fitting is not None else _memory.learn(reading)
            if learnt is not None:
                learnt.is_clean((known, own, marked, charset_of(reading)))
    return found


@contextmanager
def opened(data: bytes | Path) -> Iterator[Buffer]:
    """Give bytes as they are, a file as a memory map (an empty one cannot be mapped)."""
    if isinstance(data, bytes) or data.stat().st_size == 0:
        yield data if isinstance(data, bytes) else b""
        return
    with data.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        yield mapped


def examine(file: Buffer, known: KnownIdentifiers, *, marked: bool) -> tuple[Reading, list[Finding]]:
    """Return an object as it was read, and what `verify` finds in it."""
    reading = read(file)
    return reading, sorted(set(_findings(reading, known, known, marked=marked)))


def looker_for(known: KnownIdentifiers, charset: bytes = b"ISO_IR 192") -> Looker:
    """Return the judge of values against what is known."""
    return Looker(known, known, matcher_for(known.identifiers, roots(known.uids)), charset)


def _findings(reading: Reading, known: KnownIdentifiers, own: KnownIdentifiers, *, marked: bool) -> Iterator[Finding]:
    matcher = matcher_for(known.identifiers, roots(known.uids))
    looker = Looker(known, own, matcher, charset_of(reading))
    yield from structure.findings(reading, marked=marked)
    yield from values.findings(reading, looker, matcher)
    yield from embedded.findings(reading, looker)
    yield from room.findings(reading)
