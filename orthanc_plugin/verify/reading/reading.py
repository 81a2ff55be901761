"""Read one DICOM file into elements, pixel spans and what lies outside them (PS3.10 section 7.1)."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from orthanc_plugin.verify.reading.walk import (
    BIG,
    EXPLICIT,
    IMPLICIT,
    PIXEL_TAGS,
    VRS,
    Buffer,
    Element,
    Fragmented,
    StructureError,
    Syntax,
    Walker,
)

DATASET_START = 132
MAX_INFLATED = 256 * 1024 * 1024
DEFLATED = frozenset({"1.2.840.10008.1.2.1.99"})
_SYNTAXES: dict[str, Syntax] = {"1.2.840.10008.1.2": IMPLICIT, "1.2.840.10008.1.2.2": BIG}


@dataclass(slots=True)
class Reading:
    """One object as the verifier sees it.

    Attributes
    ----------
    data : Buffer
        What the offsets of `elements` point into: the file, or its inflated form.
    meta : list of Element
        File meta information; offsets into `file`.
    elements : list of Element
        Every element of the data set with a value, at every depth.
    pixels : Element or None
        The outermost pixel data; its native value is not text.
    fragments : list of (int, int)
        Encapsulated pixel data, fragment by fragment.
    after_end : bytes
        What follows a deflated data set; in other syntaxes bytes after the end are read as elements, or are a fault.
    headless : bool
        Whether preamble, prefix and file meta are missing: a bare data set, which must not leave, but can be read.
    fault : str
        Why the rest could not be read; empty when all of it could.
    has_vrs : bool
        Whether the data set is in explicit VR.
    spans : list of (int, int)
        Where `elements` come from, when what is the same as in another object was left out (again.py).
    shared : mapping
        Of what was left out, VR and value of those outermost elements that tell about the whole object.
    excess : (int, int) or None
        What `sizes.excess_pixels` worked out, when it is `measured`.
    """

    file: Buffer
    data: Buffer
    transfer_syntax: str = ""
    meta: list[Element] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    pixels: Element | None = None
    fragments: list[tuple[int, int]] = field(default_factory=list)
    after_end: bytes = b""
    headless: bool = False
    fault: str = ""
    has_vrs: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)
    shared: Mapping[int, tuple[bytes, bytes]] = field(default_factory=dict)
    excess: tuple[int, int] | None = None
    measured: bool = False
    _top: dict[int, Element] = field(default_factory=dict, repr=False)

    @property
    def inflated(self) -> bool:
        """Whether `data` is not the file itself."""
        return self.data is not self.file

    def top(self) -> dict[int, Element]:
        """Return the outermost elements by tag, file meta included."""
        if not self._top:
            self._top = {element[0]: element for element in self.elements if not element[4]}
            self._top.update((element[0], element) for element in self.meta)
        return self._top

    def suffices(self, size: int) -> bool:
        """Say whether what was read tells everything about a file of that size.

        It does when all of the file was read; or when what is missing is the rest of native pixel data that the file
        ends with: all other elements lie before it.
        """
        if len(self.file) == size:
            return True
        plain = self.pixels is not None and not (self.fault or self.fragments or self.inflated)
        if not plain or self.pixels is not self.elements[-1]:
            return False
        _, _, start, length, _ = self.elements[-1]
        return start <= len(self.data) and start + length == size

    def told(self, tag: int) -> tuple[bytes, bytes] | None:
        """Return VR and value of an outermost element; None where there is none."""
        element = self.top().get(tag)
        return self.shared.get(tag) if element is None else (element[1], self.value(element))

    def value(self, element: Element) -> bytes:
        """Return the raw value of a data set element."""
        _, _, start, length, _ = element
        return self.data[start : start + length]

    def meta_value(self, element: Element) -> bytes:
        """Return the raw value of a file meta element."""
        _, _, start, length, _ = element
        return self.file[start : start + length]

    def surfaces(self) -> Iterator[tuple[int | None, bytes]]:
        """Yield offset and bytes of all that is not pixels: what stands before and after them.

        Where only parts were read, all of them come together, and no offset can be told.
        """
        if self.spans:
            yield None, b"".join(self.data[start:stop] for start, stop in [(0, self.spans[0][0]), *self.spans])
            return
        if self.pixels is None:
            yield 0, self.data[:]
            return
        end = self.pixels[2] + self.pixels[3]
        yield 0, self.data[: self.pixels[2]]
        if end < len(self.data):
            yield end, self.data[end:]


def read(file: Buffer, size: int = 0) -> Reading:
    """Read a DICOM file.

    Parameters
    ----------
    file
        The whole file; or its beginning, and then `Reading.suffices` has to be asked.
    size
        Of the whole, where it is its beginning.

    Returns
    -------
    Reading
        With `fault` set, and as much read as could be, where the bytes are no proper DICOM file. Never raises.
    """
    reading = Reading(file, file)
    try:
        _read(reading, max(size, len(file)))
    except StructureError as error:
        reading.fault = str(error)
    except (struct.error, zlib.error):
        reading.fault = "an element is cut off"
    return reading


def _read(reading: Reading, size: int) -> None:
    file = reading.file
    reading.headless = file[128:132] != b"DICM"
    end = 0 if reading.headless else _meta(reading)
    reading.transfer_syntax = _guessed_syntax(file) if reading.headless else _transfer_syntax(reading)
    if reading.transfer_syntax in DEFLATED:
        reading.data, reading.after_end = inflate(file[end:])
        end, size = 0, len(reading.data)
    syntax = _syntax(reading, end)
    walker, reading.has_vrs = Walker(reading.data, syntax), syntax.explicit
    reading.elements = walker.elements
    try:
        walker.walk(end, size)
    finally:
        find_pixels(reading, walker.fragments)


def begun(file: Buffer) -> tuple[Reading, int]:
    """Return an object of which the file meta was read, and where its data set starts.

    Raises
    ------
    StructureError, struct.error
        When there is no file meta that can be read.
    """
    reading = Reading(file, file)
    if file[128:132] != b"DICM":
        raise StructureError("the file has no DICM prefix")
    end = _meta(reading)
    reading.transfer_syntax = _transfer_syntax(reading)
    return reading, end


def _guessed_syntax(file: Buffer) -> str:
    """Return the syntax of a bare data set by its first group number, which is small (PS3.5 7.1)."""
    if not 0 < int.from_bytes(file[:2], "big") <= 0xFFFF or len(file) < 8:
        raise StructureError("the file has no DICM prefix")
    return "1.2.840.10008.1.2.2" if file[0] == 0 else "1.2.840.10008.1.2.1"


def _syntax(reading: Reading, start: int) -> Syntax:
    """Return how the data set is written: as (0002,0010) says, unless its first element shows otherwise."""
    declared = _SYNTAXES.get(reading.transfer_syntax, EXPLICIT)
    has_vr = reading.data[start + 4 : start + 6] in VRS
    if start >= len(reading.data) or has_vr == declared.explicit:
        return declared
    return EXPLICIT if has_vr else IMPLICIT


def _meta(reading: Reading) -> int:
    """Walk group 2; return where the data set starts."""
    end = _meta_end(reading.file)
    walker = Walker(reading.file, EXPLICIT)
    reading.meta = walker.elements
    walker.walk(DATASET_START, end)
    return end


def _meta_end(file: Buffer) -> int:
    pos, size = DATASET_START, len(file)
    while pos + 8 <= size and file[pos : pos + 2] == b"\x02\x00":
        if file[pos + 4 : pos + 6] in {b"OB", b"UN", b"UT", b"OW", b"SQ", b"UC", b"UR"}:
            pos += 12 + struct.unpack("<L", file[pos + 8 : pos + 12])[0]
        else:
            pos += 8 + struct.unpack("<H", file[pos + 6 : pos + 8])[0]
    if pos > size:
        raise StructureError("the file meta information is cut off")
    return pos


def _transfer_syntax(reading: Reading) -> str:
    for element in reading.meta:
        if element[0] == 0x00020010:
            return reading.meta_value(element).rstrip(b"\0 ").decode("ascii", "replace")
    raise StructureError("(0002,0010) TransferSyntaxUID is missing")


def find_pixels(reading: Reading, fragments: dict[int, Fragmented]) -> None:
    """Say which element holds the outermost pixel data."""
    for index in range(len(reading.elements) - 1, -1, -1):
        element = reading.elements[index]
        if element[0] in PIXEL_TAGS and not element[4]:
            reading.pixels = element
            reading.fragments = fragments[index].spans if index in fragments else []
            return


def inflate(data: bytes, limit: int = MAX_INFLATED) -> tuple[bytes, bytes]:
    """Inflate a raw deflate stream, up to `limit` bytes (PS3.5 A.5).

    Returns
    -------
    tuple of (bytes, bytes)
        The inflated bytes, and what follows the stream.

    Raises
    ------
    StructureError
        When it is larger, or is not a deflate stream.
    """
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = stream.decompress(data, limit)
    except zlib.error as error:
        raise StructureError("the deflated data set cannot be inflated") from error
    if stream.unconsumed_tail:
        raise StructureError(f"the deflated data set is larger than {limit} bytes")
    if not stream.eof:
        raise StructureError("the deflated data set is cut off")
    return inflated, stream.unused_data.strip(b"\0")
