"""What was read for showing is bounded, and read once for everybody."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from orthanc_plugin.engine.showing.errors import BusyError
from orthanc_plugin.engine.showing.kept import AT_ONCE, IDLE_SECONDS, Kept
from orthanc_plugin.engine.showing.pictures import Pictures
from tests.orthanc_plugin.engine.showing.drawn import as_file, cine

FILE = as_file(cine(1))


class Reading:
    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return Pictures(FILE)


def test_the_memory_is_bounded_and_the_oldest_goes_first():
    kept, reading = Kept(most_bytes=2 * len(FILE)), Reading()
    for key in ("a", "b", "a", "c", "a"):
        kept.get(key, reading)
    assert reading.times == 3
    kept.get("b", reading)
    assert reading.times == 4


def test_what_is_larger_than_the_bound_is_kept_alone():
    kept, reading = Kept(most_bytes=1), Reading()
    kept.get("a", reading)
    kept.get("a", reading)
    assert reading.times == 1
    kept.get("b", reading)
    kept.get("a", reading)
    assert reading.times == 3


def test_what_several_ask_for_at_once_is_read_once():
    kept, reading = Kept(), Reading()
    with ThreadPoolExecutor(8) as many:
        list(many.map(lambda _: kept.get("a", reading), range(40)))
    assert reading.times == 1


def test_no_more_pictures_are_made_at_once_than_leave_room_for_the_gate():
    kept = Kept(patience=0)
    with ExitStack() as making:
        for _ in range(AT_ONCE):
            making.enter_context(kept.making())
        with pytest.raises(BusyError), kept.making():
            pass
    with kept.making():
        pass


def test_what_nobody_looks_at_any_more_is_forgotten():
    now = [0.0]
    kept, reading = Kept(clock=lambda: now[0]), Reading()
    kept.get("a", reading)
    kept.get("b", reading)
    now[0] = IDLE_SECONDS
    kept.get("b", reading)
    now[0] += 1
    kept.forget_idle()
    kept.get("b", reading)
    assert reading.times == 2
    kept.get("a", reading)
    assert reading.times == 3
