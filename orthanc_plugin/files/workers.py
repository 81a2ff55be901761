"""Tasks over forked processes that fetch their work themselves; this one works too instead of waiting for them."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext
from multiprocessing.sharedctypes import Synchronized
from typing import Any, TypeVar

Made = TypeVar("Made")
Lost = Callable[[int], Made]
_ENDED = "the system ended a process, perhaps for want of memory; run again with fewer --workers"


def spread(task: Callable[[int], Made], count: int, workers: int, lost: Lost[Made] | None = None) -> Iterator[Made]:
    """Do a task for each number below `count` in several processes; yield what it returns in the order of the numbers.

    Parameters
    ----------
    task : callable
        Inherited by the processes as it is; what it returns comes back pickled.
    count : int
        How many.
    workers : int
        How many processes, this one with them.
    lost : callable, optional
        Gives what stands for the task of a number whose process ended before its time; without it, that is an error.

    Raises
    ------
    OSError
        The one that a task raised; or when a process ended before its time and nothing stands for what it made.
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
            if number < count or receivers:
                _collect(receivers, made, patiently=number >= count)
            else:
                made[following] = _stand_in(lost, following)
            while following in made:
                yield made.pop(following)
                following += 1
    finally:
        taken.value = count  # nobody begins another task; what was begun is finished
        for process, receiver in crew:
            with suppress(EOFError, OSError):
                while True:
                    receiver.recv()
            process.join()


def alone(task: Callable[[], Made]) -> Made | None:
    """Do one task in a process of its own; None when that ended before its time.

    Raises
    ------
    OSError
        The one that the task raised.
    """
    context = multiprocessing.get_context("fork")
    process, receiver = _hire(context, lambda _: task(), 1, context.Value("q", 0))
    made: dict[int, Made] = {}
    try:
        _collect([receiver], made, patiently=True)
    finally:
        receiver.close()
        process.join()
    return made.get(0)


def _stand_in(lost: Lost[Made] | None, number: int) -> Made:
    if lost is None:
        raise OSError(None, _ENDED)
    return lost(number)


def _next(taken: "Synchronized[int]") -> int:
    with taken.get_lock():
        taken.value += 1
        return taken.value - 1


def _hire(
    context: ForkContext, task: Callable[[int], Made], count: int, taken: "Synchronized[int]"
) -> tuple[Any, Connection]:
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(task, count, taken, sender, os.getpid()), daemon=True)
    process.start()
    sender.close()  # the process has the only one now: when it ends, the pipe does
    return process, receiver


def _work(task: Callable[[int], Made], count: int, taken: "Synchronized[int]", sender: Connection, parent: int) -> None:
    """Do tasks until there are none; when the process that wanted them was killed, nobody wants the next one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while os.getppid() == parent and (number := _next(taken)) < count:
        try:
            sender.send((number, task(number), None))
        except OSError as error:
            sender.send((number, None, error))
            return
        except Exception:  # noqa: BLE001  its text may quote a value: no traceback, the process just ends before its time
            return


def _collect(receivers: list[Connection], made: dict[int, Made], *, patiently: bool) -> None:
    """Take in what others have made; `patiently` where there is nothing else to do."""
    for receiver in wait(receivers, None if patiently else 0):
        assert isinstance(receiver, Connection)  # noqa: S101  nothing else is waited for
        try:
            number, result, error = receiver.recv()
        except (EOFError, OSError):  # the process ended, perhaps in the middle of a message
            receivers.remove(receiver)
            continue
        if error is not None:
            raise error
        made[number] = result
