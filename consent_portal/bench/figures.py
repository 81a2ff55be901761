"""What was measured, each figure beside its goal."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click


@dataclass(frozen=True)
class Figure:
    """One figure and its goal, in the same unit; a figure without a goal is told for comparison.

    Attributes
    ----------
    more_is_better : bool
        Whether the goal is the least that is wanted, not the most.
    """

    name: str
    value: float
    unit: str
    goal: float | None = None
    more_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        """The figure as a share of its goal, so that above 1 it fails; None without a goal."""
        if self.goal is None:
            return None
        return self.goal / self.value if self.more_is_better else self.value / self.goal

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached; there is none to miss without one."""
        return self.ratio is None or self.ratio <= 1

    def __str__(self) -> str:
        beside = ""
        if self.goal is not None:
            word = "at least" if self.more_is_better else "at most"
            beside = (
                f"  {word} {self.goal:,.0f} {self.unit}  ratio {self.ratio:.2f}  {'met' if self.is_met else 'MISSED'}"
            )
        return f"{self.name:<58} {self.value:>12,.2f} {self.unit:<4}{beside}"

    def as_json(self) -> dict[str, object]:
        """Return the figure for other programs."""
        return {"name": self.name, "value": round(self.value, 4), "unit": self.unit, "goal": self.goal,
                "ratio": self.ratio, "met": self.is_met}  # fmt: skip


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that so many of a hundred do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(share) // 100) - 1)]


def machine() -> str:
    """Return on what it was measured, and how busy that was."""
    return f"{os.cpu_count()} cores ({platform.machine()}), load {os.getloadavg()[0]:.1f} in the last minute"


def save(figures: Sequence[Figure], path: Path) -> None:
    """Write the figures as JSON."""
    told = {"machine": machine(), "figures": [figure.as_json() for figure in figures]}
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def say(figure: Figure) -> Figure:
    """Print a figure as soon as it is known, and return it."""
    click.echo(str(figure))
    return figure
