"""Where in an image something has to go: rectangles of stored pixels, of one frame or of all."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Area:
    """A rectangle of stored pixels.

    Attributes
    ----------
    left, top : int
        First column and row, counted from 0.
    right, bottom : int
        Column and row after the last.
    frame : int or None
        Counted from 0; None: every frame.
    method : str
        What proposed it: a detector's name, ``rule <name>``, ``person``. Never what is written there.
    """

    left: int
    top: int
    right: int
    bottom: int
    frame: int | None = None
    method: str = field(default="", compare=False)

    def within(self, columns: int, rows: int) -> "Area":
        """Return the part of it that lies in an image of this size; it may be empty."""
        left, top = min(max(self.left, 0), columns), min(max(self.top, 0), rows)
        right, bottom = max(min(self.right, columns), left), max(min(self.bottom, rows), top)
        return Area(left, top, right, bottom, self.frame, self.method)

    def grown(self, across: int, down: int) -> "Area":
        """Return it larger by so many pixels on each side."""
        return Area(
            self.left - across, self.top - down, self.right + across, self.bottom + down, self.frame, self.method
        )

    def moved(self, right: int, down: int) -> "Area":
        """Return it at another place."""
        return Area(self.left + right, self.top + down, self.right + right, self.bottom + down, self.frame, self.method)

    @property
    def size(self) -> int:
        """Return how many pixels it has."""
        return max(self.right - self.left, 0) * max(self.bottom - self.top, 0)
