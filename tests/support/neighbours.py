"""Which tests a worker runs one after the other: those that share what is costly to start, and those that last longest.

A demonstration, an engine or an Orthanc is started once a worker and stays until the worker ends; some files start one
of their own. `--dist worksteal` gives each worker an equal stretch of the list and lets the idle take from the end of
the longest rest, so what stands at the head of a stretch stays together. (xdist's own groups are ignored under pytest
9.2: xdist's issue 1386.)
"""

import tomllib
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
Place = tuple[str, str]
"""What a test shares with others, "" for nothing, and the file it is in."""

_FOLDERS = ("integration/engine", "integration/gate", "consent_portal/web", "browser/portal")
"""Folders whose tests share programs of their own, the dearest first; the demonstration's tests come before them."""
_RANKS = {name: rank for rank, name in enumerate(("stack", *_FOLDERS, ""))}
DURATIONS: dict[str, float] = tomllib.loads(Path(__file__).with_name("durations.toml").read_text("utf-8"))


def place(node: str, fixtures: Iterable[str]) -> Place:
    """Return what a test shares, and its file below the tests."""
    file = node.partition("::")[0].removeprefix("tests/")
    if {"stack", "new_stack"} & set(fixtures):
        return "stack", file
    return next((folder for folder in _FOLDERS if file.startswith(f"{folder}/")), ""), file


def stretches(tests: Sequence[T], of: Callable[[T], Place], workers: int) -> list[T]:
    """Return `tests` in an order in which what is dear stands at the head of the workers' stretches, file by file.

    Parameters
    ----------
    tests : sequence
        All tests, in the order of collection.
    of : callable
        Gives the place of a test.
    workers : int
        How many equal stretches the list will be cut into.

    Returns
    -------
    list
        The same tests, each once.
    """
    files: dict[Place, list[T]] = {}
    for test in tests:
        files.setdefault(of(test), []).append(test)
    dear = {where: files.pop(where) for where in [*files] if where[0] or where[1] in DURATIONS}
    heads = _heads(dear, workers)
    rest = chain.from_iterable(files.values())
    ordered: list[T] = []
    for number, head in enumerate(heads):
        end = len(tests) * (number + 1) // workers
        ordered += head
        ordered += [test for _, test in zip(range(end - len(ordered)), rest, strict=False)]
    return [*ordered, *rest]


def _heads(files: dict[Place, list[T]], workers: int) -> list[list[T]]:
    """Deal whole files, the longest first, each to whoever has least so far."""
    hands: list[list[Place]] = [[] for _ in range(workers)]
    lasts = [0.0] * workers
    for where in sorted(files, key=lambda where: -_seconds(where, files)):
        least = lasts.index(min(lasts))
        hands[least].append(where)
        lasts[least] += _seconds(where, files)
    for hand in hands:
        hand.sort(key=lambda where: _RANKS[where[0]])  # stable: within a rank the longest first
    return [[test for where in hand for test in files[where]] for hand in hands]


def _seconds(where: Place, files: dict[Place, list[T]]) -> float:
    return DURATIONS.get(where[1], len(files[where]))
