"""Fonts of the bench's strings: those kept from the training of our own network."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@cache
def kept() -> tuple[str, ...]:
    """Return the paths of the kept fonts that are installed, in the order of the list; "" is Pillow's own.

    What is drawn depends on them: the same seed gives the same bytes where the same fonts are installed.
    """
    known = tomllib.loads((files("orthanc_plugin.pixel_bench") / "fonts.toml").read_text("utf-8"))
    there = {
        path.stem: str(path)
        for folder in known["folders"]
        for path in sorted(Path(folder).rglob("*"))
        if path.suffix in {".ttf", ".otf"}
    }
    return tuple(there.get(name, "") for name in known["kept"] if not name or name in there)


@cache
def font(path: str, size: int) -> Font:
    """Return a font at a size in pixels.

    Parameters
    ----------
    path : str
        As `kept` gives it.
    size : int
        Height of the letters' em in pixels.
    """
    if not path:
        return ImageFont.load_default(size)
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
