"""A worker begins with what is dear, and what shares a program of its own stays on one worker."""

from itertools import chain
from pathlib import Path

from tests.support.neighbours import DURATIONS, Place, place, stretches

TESTS = [f"tests/{file}::test_{n}" for file in (*DURATIONS, "orthanc_plugin/gate/test_doors.py") for n in range(9)]
WORKERS = 3


def of(node: str) -> Place:
    return place(node, ())


def ordered() -> list[list[str]]:
    found = stretches(TESTS, of, WORKERS)
    return [found[len(found) * n // WORKERS : len(found) * (n + 1) // WORKERS] for n in range(WORKERS)]


def test_each_test_is_run_once() -> None:
    assert sorted(chain.from_iterable(ordered())) == sorted(TESTS)


def test_the_longest_files_begin_at_different_workers_and_are_not_divided() -> None:
    longest = sorted(DURATIONS, key=DURATIONS.__getitem__)[-WORKERS:]
    holders = [[n for n, part in enumerate(ordered()) if f"tests/{file}::test_0" in part] for file in longest]
    assert sorted(chain.from_iterable(holders)) == [0, 1, 2]
    for file, (holder,) in zip(longest, holders, strict=True):
        assert {f"tests/{file}::test_{n}" for n in range(9)} <= set(ordered()[holder])


def test_every_file_that_is_said_to_last_long_is_there() -> None:
    assert [file for file in DURATIONS if not (Path(__file__).parents[1] / file).exists()] == []
