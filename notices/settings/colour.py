"""Colours and their contrast (WCAG 2.2, 1.4.3 and 1.4.6)."""

import re

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


class Colour(str):
    """A colour as ``#rrggbb``."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic read a colour from text."""
        return core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema())

    @classmethod
    def parse(cls, text: str) -> "Colour":
        """Return the colour that `text` names.

        Raises
        ------
        ValueError
            When it is not written as # and six hexadecimal digits.
        """
        if not _HEX.fullmatch(text.strip()):
            raise ValueError("write the colour as # and six hexadecimal digits, such as #0f4c4a")
        return cls(text.strip().lower())

    @property
    def rgb(self) -> tuple[float, float, float]:
        """Red, green and blue, each 0 to 1."""
        return (int(self[1:3], 16) / 255, int(self[3:5], 16) / 255, int(self[5:7], 16) / 255)

    @property
    def luminance(self) -> float:
        """Relative luminance, 0 (black) to 1 (white), by WCAG 2.2."""
        red, green, blue = (_linear(channel) for channel in self.rgb)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    @property
    def cmyk(self) -> tuple[float, float, float, float]:
        """Cyan, magenta, yellow and black, each 0 to 1 and together at most 3 (300 % ink), without a colour profile.

        Black takes over most of the grey of dark colours and little of light ones.
        """
        inks = [1 - channel for channel in self.rgb]
        grey = min(inks)
        black = grey * (0.5 + 0.5 * grey)
        if black >= 1:
            return (0.0, 0.0, 0.0, 1.0)
        rest = [(ink - black) / (1 - black) for ink in inks]
        share = min(1.0, (3 - black) / sum(rest)) if sum(rest) else 1.0
        cyan, magenta, yellow = (round(ink * share, 3) for ink in rest)
        return (cyan, magenta, yellow, round(black, 3))

    @property
    def process(self) -> str:
        """The colour in process colours (CMYK), as CSS."""
        return "device-cmyk({})".format(" ".join(f"{part:g}" for part in self.cmyk))

    def mixed(self, other: "Colour", share: float) -> "Colour":
        """Return this colour with `share` (0 to 1) of `other` mixed in."""
        channels = (round(255 * (a * (1 - share) + b * share)) for a, b in zip(self.rgb, other.rgb, strict=True))
        return Colour("#" + "".join(f"{channel:02x}" for channel in channels))


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((one.luminance, other.luminance), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


WHITE = Colour("#ffffff")
INK = Colour("#1c1c1c")
BLACK_ALONE = "device-cmyk(0 0 0 1)"

__all__ = ["BLACK_ALONE", "INK", "WHITE", "Colour", "contrast"]
