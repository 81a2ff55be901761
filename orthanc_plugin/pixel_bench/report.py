"""Sums over a corpus: strings hidden or held by each of their properties, pictures held, and what else was lost."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from orthanc_plugin.pixel_bench.corpus import PLANS
from orthanc_plugin.pixel_bench.score import Fate
from orthanc_plugin.pixel_bench.writing import Written


def _sizes(size: int) -> str:
    return "10-14" if size < 15 else "15-24" if size < 25 else "25 and more"


_BY: dict[str, Callable[[Fate, Written], str]] = {
    "picture": lambda fate, _: fate.picture,
    "kind": lambda _, s: s.kind,
    "contrast": lambda _, s: s.contrast,
    "size": lambda _, s: _sizes(s.size),
    "rotation": lambda _, s: s.rotation,
    "colour": lambda _, s: "coloured" if s.coloured else "grey",
    "frames": lambda fate, s: "one of many" if PLANS[fate.picture].frames > len(s.frames) else "all",
}


@dataclass(slots=True)
class Report:
    """Sums over a corpus.

    Attributes
    ----------
    name : str
        Of what was measured.
    seconds : float
        CPU time of redacting, in this process and those that it started.
    fates : list of Fate
        In the order of the corpus.
    """

    name: str
    seconds: float = 0.0
    fates: list[Fate] = field(default_factory=list)

    @property
    def strings(self) -> list[tuple[Fate, Written, bool]]:
        """Return every string with its picture's fate and whether it is hidden or held."""
        return [(fate, s, hidden) for fate in self.fates for s, hidden in fate.strings]

    @property
    def recall(self) -> float:
        """Return the share of strings hidden or held."""
        return _share([hidden for _, _, hidden in self.strings])

    @property
    def held(self) -> float:
        """Return the share of pictures held."""
        return _share([fate.held for fate in self.fates])

    @property
    def clean_held(self) -> float:
        """Return the share of clean pictures held."""
        return _share([fate.held for fate in self.fates if fate.clean])

    @property
    def clean_touched(self) -> float:
        """Return the share of clean pictures of which something was blackened."""
        return _share([fate.collateral > 0 for fate in self.fates if fate.clean])

    @property
    def collateral(self) -> float:
        """Return the mean share of pixels blackened away from writing, of pictures that leave."""
        return _mean([fate.collateral for fate in self.fates if not fate.held])

    @property
    def equal(self) -> float:
        """Return the mean share of other pixels that are as they were, of pictures that leave."""
        return _mean([fate.equal for fate in self.fates if not fate.held])

    def parts(self, by: str) -> dict[str, tuple[int, int]]:
        """Return, for each value of a property, how many strings are hidden or held, and how many there are.

        Parameters
        ----------
        by : str
            picture, kind, contrast, size, rotation, colour or frames.
        """
        every = Counter(_BY[by](fate, s) for fate, s, _ in self.strings)
        done = Counter(_BY[by](fate, s) for fate, s, hidden in self.strings if hidden)
        return {value: (done[value], number) for value, number in sorted(every.items())}

    def lines(self) -> Iterator[str]:
        """Yield the report for people."""
        yield f"{self.name}: {self.recall:.2%} of {len(self.strings)} strings hidden or held"
        yield f"  held {self.held:.1%} of {len(self.fates)} pictures; clean ones {self.clean_held:.1%}"
        yield f"  something blackened in {self.clean_touched:.1%} of the clean pictures"
        yield (
            f"  collateral {self.collateral:.2%}, other pixels equal {self.equal:.3%}, "
            f"{self.seconds / max(len(self.fates), 1):.2f} CPU s a picture"
        )
        for by in _BY:
            shown = ", ".join(
                f"{value} {done / number:.1%} of {number}" for value, (done, number) in self.parts(by).items()
            )
            yield f"  by {by}: {shown}"


def _share(values: list[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
