"""A scan of a signed form, read from its content and never from its name: its checksum and its pages."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pikepdf
from flask_babel import gettext as _
from PIL import Image

MOST_BYTES = 20_000_000
_IMAGES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
_PDF = b"%PDF-"


class NoScan(Exception):  # noqa: N818  (named for the situation)
    """It is no scan that can be read; the text says why, and what to do."""


@dataclass(frozen=True)
class Scan:
    """What is recorded of a scan."""

    sha256: str
    pages: int


def read(file: Any) -> Scan:
    """Return what is recorded of an uploaded scan.

    Raises
    ------
    NoScan
        For no file, one that is too large, or one that is not a PDF, JPEG or PNG that can be opened.
    """
    content = file.read(MOST_BYTES + 1) if file else b""
    if not content:
        raise NoScan(_("Choose the scan of the signed form."))
    if len(content) > MOST_BYTES:
        raise NoScan(_("The scan is larger than %(size)d MB: scan it in a smaller size.", size=MOST_BYTES // 1_000_000))
    return Scan(hashlib.sha256(content).hexdigest(), _pages(content))


def _pages(content: bytes) -> int:
    if content.startswith(_PDF):
        return _pages_of_pdf(content)
    kind = next((kind for start, kind in _IMAGES.items() if content.startswith(start)), None)
    if kind is None:
        raise NoScan(_("The scan is not a PDF, JPEG or PNG: scan it as one of these."))
    _open_image(content, kind)
    return 1


def _pages_of_pdf(content: bytes) -> int:
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            pages = len(pdf.pages)
    except (pikepdf.PdfError, pikepdf.PasswordError):
        pages = 0
    if not pages:
        raise NoScan(_("The PDF is damaged, locked or empty: scan the form again."))
    return pages


def _open_image(content: bytes, kind: str) -> None:
    try:
        with Image.open(BytesIO(content), formats=[kind]) as image:
            image.verify()
    except Exception:  # noqa: BLE001  (Pillow's decoders raise whatever they like at what is damaged)
        raise NoScan(_("The picture is damaged: scan the form again.")) from None
