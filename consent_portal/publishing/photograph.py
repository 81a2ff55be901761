"""A photograph of a notice in its place, made anew so that nothing but the picture is left (ASVS 5.0, V5)."""

import io

from PIL import Image, ImageOps

from notices.settings.picture import DAMAGED, opened

MOST_BYTES = 12_000_000
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 1600
QUALITY = 82


class PhotographError(Exception):
    """The file is not a photograph that may be kept; the text says what to do."""


def cleaned(data: bytes) -> bytes:
    """Return the picture as a JPEG of at most 1600 pixels, turned upright, without any note of place, time or camera.

    Raises
    ------
    PhotographError
    """
    if len(data) > MOST_BYTES:
        raise PhotographError(f"The photograph is larger than {MOST_BYTES // 1_000_000} MB: save it smaller.")
    try:
        upright = _upright(data)
    except DAMAGED:
        raise PhotographError("That is not a photograph: choose a JPEG, PNG or WebP file.") from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    held = io.BytesIO()
    bare.save(held, "JPEG", quality=QUALITY, optimize=True)
    return held.getvalue()


def _upright(data: bytes) -> Image.Image:
    picture = opened(data, ("JPEG", "PNG", "WEBP"))
    if picture.width * picture.height > MOST_PIXELS:
        raise PhotographError(f"The photograph has more than {MOST_PIXELS // 1_000_000} million pixels.")
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    return ImageOps.exif_transpose(picture).convert("RGB")
