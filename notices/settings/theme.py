"""The colours of a notice, held within the contrast that print and web need."""

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from notices.settings.colour import BLACK_ALONE, INK, WHITE, Colour, contrast


class Theme(BaseModel):
    """Neutral colours by default: no trade mark of any health service.

    Attributes
    ----------
    primary : Colour
        Headline band and headings; white letters stand on it, and it is the colour of headings on paper.
    accent : Colour
        Behind dark icons and letters.
    paper : Colour
        The page.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    primary: Colour = Colour("#15504c")
    accent: Colour = Colour("#f3b63f")
    paper: Colour = Colour("#fffaf0")

    @model_validator(mode="after")
    def _readable(self) -> Self:
        for name, ratio, needed, what in self.contrasts():
            if ratio < needed:
                found = f"{what} is {ratio:.1f} to 1 and must be at least {needed:.1f} to 1"
                raise ValueError(f"{name} fails contrast: {found}; choose {_HINT[name]}")
        return self

    def contrasts(self) -> tuple[tuple[str, float, float, str], ...]:
        """Return each pair of colours that meets: setting, ratio, least ratio (WCAG 2.2, 1.4.6), what it is."""
        return (
            ("primary", contrast(WHITE, self.primary), 7.0, "white letters on it"),
            ("primary", contrast(self.primary, self.paper), 7.0, "letters of it on the paper"),
            ("accent", contrast(INK, self.accent), 7.0, "dark letters on it"),
            ("paper", contrast(INK, self.paper), 7.0, "dark letters on it"),
        )

    def inks(self, *, process: bool = False) -> dict[str, str]:
        """Return every colour of a page as CSS: for screens and office printers, or in a print shop's process colours.

        Letters are black alone, so that four plates need not meet in a fine line; the rest is at most 300 % ink.
        """
        tint = self.paper.mixed(self.accent, 0.3)
        colours = {"primary": self.primary, "accent": self.accent, "paper": self.paper, "tint": tint, "white": WHITE}
        if process:
            return {**{name: colour.process for name, colour in colours.items()}, "ink": BLACK_ALONE}
        return {**{name: str(colour) for name, colour in colours.items()}, "ink": str(INK)}


_HINT = {"primary": "a darker colour", "accent": "a lighter colour", "paper": "a lighter colour"}
