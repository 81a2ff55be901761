"""A site's own logo, taken apart and put together again so that only a picture is left (ASVS 5.0, V5).

Rasters are decoded and encoded anew. A drawing (SVG) is refused when it holds anything but shapes and text.
"""

import base64
import binascii
import io
from pathlib import Path
from typing import Any, Literal, Self

from PIL import Image, ImageOps
from pydantic import BaseModel, ConfigDict, model_validator

from notices.errors import Fault, LogoError
from notices.settings.picture import DAMAGED, opened
from notices.settings.svg import drawing

MOST_BYTES = 2_000_000
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 1600
_WIDE = 3.5
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


class Logo(BaseModel):
    """A logo that is safe to print.

    Attributes
    ----------
    media : str
        ``image/png`` or ``image/svg+xml``.
    data : str
        The picture, base64.
    width, height : float
        In its own units; only their ratio matters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    media: Literal["image/png", "image/svg+xml"]
    data: str
    width: float
    height: float

    @model_validator(mode="after")
    def _clean(self) -> Self:
        """Refuse what :func:`sanitise` did not make, however it came here."""
        try:
            data = base64.b64decode(self.data, validate=True)
            if self.media == "image/svg+xml":
                drawing(data)
            elif not data.startswith(_PNG):
                raise ValueError("is not a picture: upload it again")
        except (binascii.Error, LogoError):
            raise ValueError("is not a clean picture: upload it again") from None
        return self

    @property
    def wide(self) -> bool:
        """Whether the breadth of the page, rather than a line's height, decides how large it is."""
        return self.width > _WIDE * self.height

    @property
    def uri(self) -> str:
        """The picture as a ``data:`` address."""
        return f"data:{self.media};base64,{self.data}"


def sanitise(data: bytes) -> Logo:
    """Return the logo that an uploaded file holds.

    Parameters
    ----------
    data : bytes
        The file; what it is, is told from its first bytes and not from its name.

    Raises
    ------
    LogoError
        When it is too large, not a PNG, JPEG or SVG, or holds more than a picture.
    """
    if len(data) > MOST_BYTES:
        raise LogoError(f"The logo is larger than {MOST_BYTES // 1_000_000} MB: save it smaller and try again.")
    if data.startswith((_PNG, _JPEG)):
        return _raster(data)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<svg", b"<?xml")):
        svg, width, height = drawing(data)
        return Logo(media="image/svg+xml", data=base64.b64encode(svg).decode(), width=width, height=height)
    raise LogoError("The logo is not a PNG, JPEG or SVG picture: export it again as PNG.")


def _raster(data: bytes) -> Logo:
    try:
        _check_end(data)
        picture = opened(data, ("PNG", "JPEG"))
        if picture.width * picture.height > MOST_PIXELS:
            raise LogoError(f"The logo has more than {MOST_PIXELS // 1_000_000} million pixels: save it smaller.")
        clean = _in_eight_bits(ImageOps.exif_transpose(picture)).convert("RGBA")
    except DAMAGED:
        raise LogoError("The logo is damaged: open it, save it again as PNG and try once more.") from None
    clean.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    packed = base64.b64encode(_encoded(clean)).decode()
    return Logo(media="image/png", data=packed, width=clean.width, height=clean.height)


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Return greys of 16 bits as greys of 8, which Pillow would cut off at white: the logo would be an empty box."""
    if not picture.mode.startswith("I"):
        return picture
    return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")


def _check_end(data: bytes) -> None:
    """Refuse a picture that breaks off: WeasyPrint tells Pillow, for the whole process, to fill such a one up."""
    if data.startswith(_PNG):
        place = len(_PNG)
        while data[place + 4 : place + 8] != b"IEND":
            if place >= len(data):
                raise ValueError("the PNG has no end")
            place += 12 + int.from_bytes(data[place : place + 4], "big")
    elif data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda"):
        raise ValueError("the JPEG has no end")


def _encoded(picture: Image.Image) -> bytes:
    bare = Image.new("RGBA", picture.size)
    bare.paste(picture)
    output = io.BytesIO()
    bare.save(output, "PNG", optimize=True)
    return output.getvalue()


def load_logo(data: dict[str, Any], path: Path) -> tuple[dict[str, Any], list[Fault]]:
    """Add the logo at `path` to the settings, or the fault that it has."""
    try:
        with path.open("rb") as file:
            return {**data, "logo": sanitise(file.read(MOST_BYTES + 1)).model_dump()}, []
    except OSError:
        return data, [Fault("logo", "cannot be read: put the file beside the settings and check its name")]
    except LogoError as error:
        return data, [Fault("logo", str(error))]
