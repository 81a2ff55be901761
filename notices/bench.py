"""`aoa bench notices`: the letter run and the poster beside their limits, in the same run."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click

from notices.language import languages
from notices.making import render
from notices.merge import Letter, merge
from notices.outputs import Kind
from notices.settings.site import Site

LETTERS = 1000
RUN_SECONDS, RUN_MEGABYTES, POSTER_SECONDS = 30.0, 300.0, 0.3
_POSTERS = 5
_PEOPLE = ("Sample Person", "شخص عينة", "নমুনা ব্যক্তি", "ਨਮੂਨਾ ਵਿਅਕਤੀ", "Przykładowa Osoba", "Người Mẫu")


@dataclass(frozen=True)
class Measured:
    """One figure and its limit, in the same unit; a figure without a limit is told for comparison."""

    name: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def ratio(self) -> float:
        """The figure as a share of its limit; above 1 it fails."""
        return self.value / self.limit if self.limit else 0.0

    def __str__(self) -> str:
        beside = f" of {self.limit:6.1f} {self.unit:2}  ratio {self.ratio:.2f}" if self.limit else ""
        return f"{self.name:34} {self.value:8.2f} {self.unit:2}{beside}"


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def letters(count: int) -> list[Letter]:
    """Return letters in every language, every tenth in large print and every twentieth in easy read."""
    codes = tuple(languages())
    return [_letter(n, codes[n % len(codes)]) for n in range(count)]


def _letter(n: int, code: str) -> Letter:
    name = f"{_PEOPLE[n % len(_PEOPLE)]} {n}"
    return Letter(n + 2, name, code, large_print=n // 10 % 10 == 0, easy_read=n // 10 % 20 == 5)


def _run(count: int) -> list[Measured]:
    site, busy = Site.default(), time.process_time()
    run = _timed(lambda: merge(Kind.INSERT, letters(count), site=site))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Measured(f"{count:,} personalised inserts", run, "s", RUN_SECONDS),
        Measured("  of which this process computed", time.process_time() - busy, "s"),
        Measured("  memory at most", memory, "MB", RUN_MEGABYTES),
    ]


def _posters(count: int) -> Measured:
    posters = []
    for n in range(count):
        data = Site.default().data()
        data["department"]["phone"] = f"01632 96012{n}"  # other words, so that nothing is remembered
        other = Site.parse(data)
        posters.append(_timed(lambda one=other: render(Kind.POSTER, site=one)))  # type: ignore[misc]
    return Measured("one poster", median(posters), "s", POSTER_SECONDS)


def _cold() -> Measured:
    """Measure a poster by itself, with the second that Python and WeasyPrint take to load."""
    script = "import sys; from notices.cli import notice; notice(sys.argv[1:])"
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-c", script, "render", "poster", "--out", str(Path(folder, "poster.pdf"))]
        taken = _timed(lambda: subprocess.run(command, check=True, capture_output=True))
    return Measured("  the first, with loading", taken, "s")


def measured(count: int = LETTERS, posters: int = _POSTERS) -> list[Measured]:
    """Run the benchmarks once; the letters come first, while this process is small."""
    return [*_run(count), _posters(posters), _cold()]


def told(found: Sequence[Measured]) -> bool:
    """Print every figure beside its limit, and how busy the machine was; tell whether all limits are kept."""
    for one in found:
        click.echo(str(one))
    click.echo(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} in the last minute")
    return all(one.ratio <= 1 for one in found)


def run() -> bool:
    """Measure and print; tell whether all limits are kept."""
    return told(measured())
