"""`aoa bench notices`: the letter run and the poster beside their limits, in the same run."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import click

from notices.language import languages
from notices.making import render
from notices.merge import Letter, merge
from notices.outputs import Kind
from notices.settings.site import Site

LETTERS = 1000
RUN_SECONDS, RUN_MEGABYTES, POSTER_SECONDS = 30.0, 300.0, 0.3
_POSTERS = 5


@dataclass(frozen=True)
class Measured:
    """One figure and its limit, in the same unit."""

    name: str
    value: float
    limit: float
    unit: str

    @property
    def ratio(self) -> float:
        """The figure as a share of its limit; above 1 it fails."""
        return self.value / self.limit


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _letters() -> list[Letter]:
    """Return 1,000 letters in every language, every tenth in large print and every twentieth in easy read."""
    codes = tuple(languages())
    return [_letter(n, codes[n % len(codes)]) for n in range(LETTERS)]


def _letter(n: int, code: str) -> Letter:
    return Letter(n, f"Sample Person {n}", code, large_print=n // 10 % 10 == 0, easy_read=n // 10 % 20 == 5)


def measured() -> list[Measured]:
    """Run the benchmarks once."""
    site = Site.default()
    run = _timed(lambda: merge(Kind.INSERT, _letters(), site=site))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    posters = []
    for n in range(_POSTERS):
        data = site.data()
        data["department"]["phone"] = f"01632 96012{n}"  # other words, so that nothing is remembered
        other = Site.parse(data)
        posters.append(_timed(lambda one=other: render(Kind.POSTER, site=one)))  # type: ignore[misc]
    return [
        Measured(f"{LETTERS:,} personalised inserts", run, RUN_SECONDS, "s"),
        Measured("memory of that run", memory, RUN_MEGABYTES, "MB"),
        Measured("one poster", median(posters), POSTER_SECONDS, "s"),
    ]


def run() -> bool:
    """Print every figure beside its limit; tell whether all are kept."""
    found = measured()
    for one in found:
        click.echo(
            f"{one.name:28} {one.value:8.2f} {one.unit:2} of {one.limit:6.1f} {one.unit:2}  ratio {one.ratio:.2f}"
        )
    return all(one.ratio <= 1 for one in found)
