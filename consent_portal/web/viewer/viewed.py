"""What the viewer's page needs of one picture."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from consent_portal.engine_pictures import NamedWindow, Window
from consent_portal.review.areas import Area
from consent_portal.web.viewer import areas as written_areas
from consent_portal.web.viewer.look import MOST_PIXELS, PART, asked_for
from consent_portal.web.viewer.words import script_words


@dataclass(frozen=True, kw_only=True)
class Viewed:
    """One image before whoever looks at it; `frame` counts from 1.

    Attributes
    ----------
    pictures : str
        Where its frames' pictures are; the number of the frame and `.png` follow.
    page : callable
        Where a frame of it is looked at, with the window as it is.
    fields : mapping
        What a form that changes the window alone carries along.
    covered : bool
        Whether it is shown as it would leave.
    """

    name: str
    columns: int
    rows: int
    proportion: float
    frames: int
    frame: int
    pictures: str
    grant: str
    page: Callable[[int], str]
    fields: Mapping[str, str]
    window: Window | int | None = None
    windows: tuple[NamedWindow, ...] = ()
    colour: bool = False
    areas: tuple[Area, ...] = ()
    found: tuple[Area, ...] = ()
    covered: bool = False
    editable: bool = False
    words: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", script_words(self.name, self.frames))

    @property
    def shape(self) -> str:
        """The paper on which the picture lies, with square pixels."""
        return f"0 0 {self.columns:g} {self.rows * self.proportion:g}"

    @property
    def side(self) -> str:
        """The longest side that is asked for; empty for a picture that is sent as it is stored."""
        return "3000" if self.columns * self.rows > MOST_PIXELS else ""

    @property
    def source(self) -> str:
        """Where the picture that is shown first comes from."""
        asked = self.carried | ({"side": self.side} if self.side else {})
        return f"{self.pictures}{self.frame}.png?{urlencode(asked)}"

    @property
    def part(self) -> int:
        """Pixels across and down of a part in full size."""
        return PART

    @property
    def carried(self) -> dict[str, str]:
        """What the address of a part of this picture carries along."""
        asked = {"grant": self.grant, **asked_for(self.window)}
        if self.covered and self.areas:
            asked["covered"] = written_areas.written(self.areas)
        return asked

    @property
    def alt(self) -> str:
        """What the picture is, for those who do not see it."""
        return self.words["alt"].replace("%s", str(self.frame))

    @property
    def marks(self) -> list[tuple[int, float, int, float]]:
        """The areas of this frame on the paper: left, top, width, height."""
        if self.covered:
            return []
        return [
            (one.left, one.top * self.proportion, one.right - one.left, (one.bottom - one.top) * self.proportion)
            for one in written_areas.in_frame(self.areas, self.frame - 1)
        ]

    @property
    def for_script(self) -> list[dict[str, object]]:
        """The areas as the script takes them."""
        return written_areas.for_script(self.areas, self.found)

    @property
    def numbers(self) -> Mapping[str, str]:
        """The window's fields: centre, width, and which choice."""
        return asked_for(self.window)
