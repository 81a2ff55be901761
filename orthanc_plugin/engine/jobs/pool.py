"""Processes for header and pixel work, started once, gone with the engine.

Spawned, not forked: a fork would inherit DBOS's database connections and locks. Each worker watches its parent and
ends when it dies, even of signal 9 (no orphan holds Orthanc's attention or a patient's image). A worker that dies
itself (out of memory, a decoder's crash) takes the pool down; it is made anew, and what was not done is gone through
one by one in a process of its own, so that the instance that does it can be named and costs no other job anything.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for_all
from concurrent.futures.process import BrokenProcessPool
from itertools import zip_longest
from multiprocessing.connection import wait
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_state: dict[str, Any] = {}


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(1)


def _start(prepare: Callable[[], Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115  # a decoder's complaint may quote what it read
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _state["resource"] = prepare()


def _call(function: Callable[[Any, T], R], item: T) -> R:
    return function(_state["resource"], item)


class Crashed:
    """Stands for the result of an item whose processing ended its worker."""


class Pool:
    """A pool of worker processes.

    Parameters
    ----------
    workers
        How many.
    prepare
        Called once in each worker; its result is the first argument of every task.
    """

    def __init__(self, workers: int, prepare: Callable[[], Any]) -> None:
        self.workers, self._prepare = workers, prepare
        self._lock = threading.Lock()
        self._executor = self._make(workers)

    def _make(self, workers: int) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(workers, context, initializer=_start, initargs=(self._prepare,))

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._executor is broken:
                broken.shutdown(wait=False, cancel_futures=True)
                self._executor = self._make(self.workers)

    def each(self, function: Callable[[Any, T], R], items: Iterable[T]) -> Iterator[R | Crashed]:
        """Yield ``function(resource, item)`` for each item, in order.

        When a worker dies, what it leaves undone is done again one by one, in a process that nobody else uses; the item
        that ends that process too yields `Crashed`. When `function` raises, what has begun is waited for, so that no
        two processes ever work on one item.
        """
        executor, items = self._executor, list(items)
        futures = self._submitted(executor, function, items)
        try:
            yield from self._results(executor, function, items, futures)
        finally:
            wait_for_all(futures)

    def _results(
        self,
        executor: ProcessPoolExecutor,
        function: Callable[[Any, T], R],
        items: list[T],
        futures: list[Future[R]],
    ) -> Iterator[R | Crashed]:
        alone: ProcessPoolExecutor | None = None
        for item, future in zip_longest(items, futures):
            try:
                if future is not None:
                    yield future.result()
                    continue
            except BrokenProcessPool:
                self._replace(executor)
            alone = alone or self._make(1)
            try:
                yield alone.submit(_call, function, item).result()
            except BrokenProcessPool:
                alone = None
                yield Crashed()
        if alone:
            alone.shutdown()

    def _submitted(
        self, executor: ProcessPoolExecutor, function: Callable[[Any, T], R], items: list[T]
    ) -> list[Future[R]]:
        """Return the futures of the items, up to where the pool broke."""
        futures: list[Future[R]] = []
        try:
            for item in items:
                futures.append(executor.submit(_call, function, item))  # noqa: PERF401  # what is begun is kept
        except BrokenProcessPool:
            self._replace(executor)
        return futures

    def close(self) -> None:
        """End the workers without waiting for what they do."""
        processes = list((self._executor._processes or {}).values())  # no public way to end them
        self._executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
