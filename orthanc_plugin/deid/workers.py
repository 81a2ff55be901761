"""Tasks over forked processes that fetch their work themselves; this one works too instead of waiting for them."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext
from multiprocessing.sharedctypes import Synchronized
from typing import Any, TypeVar

Made = TypeVar("Made")
_ENDED = "the system ended a process, perhaps for want of memory; run again with fewer --workers"


def spread(task: Callable[[int], Made], count: int, workers: int) -> Iterator[Made]:
    """Do a task for each number below `count` in several processes; yield what it returns in the order of the numbers.

    Parameters
    ----------
    task : callable
        Inherited by the processes as it is; what it returns comes back pickled.
    count : int
        How many.
    workers : int
        How many processes, this one with them.

    Raises
    ------
    OSError
        The one that a task raised; or when a process ended before its time.
    """
    context = multiprocessing.get_context("fork")
    taken = context.Value("q", 0)
    crew = [_hire(context, task, count, taken) for _ in range(workers - 1)]
    receivers = [receiver for _, receiver in crew]
    made: dict[int, Made] = {}
    following = 0
    try:
        while following < count:
            number = _next(taken)
            if number < count:
                made[number] = task(number)
            _collect(receivers, made, patiently=number >= count)
            while following in made:
                yield made.pop(following)
                following += 1
    finally:
        taken.value = count  # nobody begins another task; what was begun is finished
        for process, receiver in crew:
            with suppress(EOFError):
                while True:
                    receiver.recv()
            process.join()


def _next(taken: "Synchronized[int]") -> int:
    with taken.get_lock():
        taken.value += 1
        return taken.value - 1


def _hire(
    context: ForkContext, task: Callable[[int], Made], count: int, taken: "Synchronized[int]"
) -> tuple[Any, Connection]:
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(task, count, taken, sender), daemon=True)
    process.start()
    sender.close()  # the process has the only one now: when it ends, the pipe does
    return process, receiver


def _work(task: Callable[[int], Made], count: int, taken: "Synchronized[int]", sender: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while (number := _next(taken)) < count:
        try:
            sender.send((number, task(number), None))
        except OSError as error:
            sender.send((number, None, error))
            return


def _collect(receivers: list[Connection], made: dict[int, Made], *, patiently: bool) -> None:
    """Take in what others have made; `patiently` where there is nothing else to do."""
    if patiently and not receivers:
        raise OSError(None, _ENDED)
    for receiver in wait(receivers, None if patiently else 0):
        assert isinstance(receiver, Connection)  # noqa: S101  nothing else is waited for
        try:
            number, result, error = receiver.recv()
        except EOFError:
            receivers.remove(receiver)
            continue
        if error is not None:
            raise error
        made[number] = result
