"""What the person who started `aoa up` sees."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn


class Screen:
    """Steps, progress and the closing words, on a terminal or in a log."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(soft_wrap=True, highlight=False)

    def say(self, text: str = "") -> None:
        """Say something, as it is; a screen that is full (a file) or gone ends nothing."""
        with suppress(OSError):
            self.console.print(text, markup=False)

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Say what is being done, and how long it took once it is done."""
        began = time.monotonic()
        with self.console.status(text):
            yield
        self.say(f"  {text} ... done ({time.monotonic() - began:.1f} s)")

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Return a progress bar for a step of many parts."""
        columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=self.console) as bar:
            yield bar
