"""Read what an encapsulated document says: PDF, XML (CDA) and archives, within bounds."""

import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pikepdf

MAX_STREAM = 64 * 1024 * 1024
MAX_MEMBERS = 1000
PNG = b"\x89PNG\r\n\x1a\n"
_BEHIND_A_NAME = re.compile(rb"\0(?=\x78)")
"""Where a deflated text may begin: behind the NUL that ends a keyword, or a method."""
_TAG = re.compile(rb"<[^>]{0,4096}>")


def texts(document: bytes) -> Iterator[bytes]:
    """Yield every form in which a document can be read; never raises on a broken one.

    Whatever this finds, a document that left is always a finding of `structure`: its pictures are not read here.
    """
    yield document
    if b"<" in document[:4096]:
        yield html.unescape(_TAG.sub(b" ", document).decode("utf-8", "replace")).encode("utf-8")
    if document[:1024].find(b"%PDF-") >= 0:
        yield from _pdf(document)
    if document.startswith(b"PK\x03\x04"):
        yield from _members(document)
    if document.startswith(b"\x1f\x8b"):
        yield zlib_bounded(document, 31)


def png_texts(picture: bytes) -> Iterator[bytes]:
    """Yield what a PNG holds beside its pixels: texts, also deflated ones, EXIF, a colour profile (PNG 11.3)."""
    at = len(PNG)
    while at + 12 <= len(picture):
        size, kind = struct.unpack_from(">L4s", picture, at)
        content = picture[at + 8 : at + 8 + size]
        if kind != b"IDAT":
            yield content
            for start in (found.end() for found in _BEHIND_A_NAME.finditer(content)):
                yield zlib_bounded(content[start:], 15)
        at += 12 + size
    yield picture[at:]


def zlib_bounded(data: bytes, wbits: int) -> bytes:
    """Inflate at most `MAX_STREAM` bytes; empty when it is no such stream."""
    try:
        return zlib.decompressobj(wbits).decompress(data, MAX_STREAM)
    except zlib.error:
        return b""


def _pdf(document: bytes) -> Iterator[bytes]:
    try:
        with pikepdf.open(io.BytesIO(document)) as pdf:
            for item in pdf.objects:
                yield from _pdf_object(item)
    except (pikepdf.PdfError, RuntimeError, ValueError):
        return  # what can be read raw was yielded already, and the document is held back in any case


def _pdf_object(item: pikepdf.Object) -> Iterator[bytes]:
    if isinstance(item, pikepdf.Stream):
        yield zlib_bounded(item.read_raw_bytes(), 15) or item.read_raw_bytes()
    yield str(item).encode("utf-8", "replace") if isinstance(item, pikepdf.String) else item.unparse()


def _members(document: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            for member in archive.infolist()[:MAX_MEMBERS]:
                yield member.filename.encode("utf-8", "replace") + b" " + member.comment
                with archive.open(member) as stream:
                    yield stream.read(MAX_STREAM)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError, OSError, ValueError):
        return  # as above
