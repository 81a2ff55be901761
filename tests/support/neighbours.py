"""Which tests a worker runs one after the other: those that share what is costly to start.

A demonstration, an engine or an Orthanc is started once a worker and stays until the worker ends. `--dist worksteal`
gives each worker an equal stretch of the list and lets the idle take from the end of the longest rest, so what stands
at the head of a stretch stays together. (xdist's own groups are ignored under pytest 9.2: xdist's issue 1386.)
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import TypeVar

T = TypeVar("T")

_FOLDERS = ("integration/engine", "integration/gate", "consent_portal/web", "browser/portal")
"""Folders whose tests share programs of their own, the dearest first; the demonstration's tests come before them."""


def company(node: str, fixtures: Iterable[str]) -> str:
    """Return what a test shares with others, or nothing."""
    if {"stack", "new_stack"} & set(fixtures):
        return "stack"
    return next((folder for folder in _FOLDERS if node.startswith(f"tests/{folder}/")), "")


def stretches(tests: Sequence[T], of: Callable[[T], str], workers: int) -> list[T]:
    """Return `tests` in an order in which each company stands at the head of a worker's stretch.

    Parameters
    ----------
    tests : sequence
        All tests, in the order of collection.
    of : callable
        Gives the company of a test, "" for one that needs none.
    workers : int
        How many equal stretches the list will be cut into.

    Returns
    -------
    list
        The same tests, each once.
    """
    companies: dict[str, list[T]] = {name: [] for name in ("stack", *_FOLDERS)}
    others: list[T] = []
    for test in tests:
        companies.get(of(test), others).append(test)
    heads = [list(chain.from_iterable(list(companies.values())[n::workers])) for n in range(workers)]
    rest = iter(others)
    ordered: list[T] = []
    for n, head in enumerate(heads):
        end = len(tests) * (n + 1) // workers
        ordered += head
        ordered += [test for _, test in zip(range(end - len(ordered)), rest, strict=False)]
    return [*ordered, *rest]
