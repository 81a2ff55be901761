"""The processes that do the work."""

import importlib
import subprocess
import sys

import psutil
import pytest

from orthanc_plugin.engine.jobs.pool import Crashed, Pool
from tests.support.patience import PATIENCE, until

TASKS = """
import os, signal

def resource():
    return 10

def plus(base, item):
    return base + item

def dies_on_seven(base, item):
    if item == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return base + item

def fails(_base, item):
    raise ValueError(item)
"""


@pytest.fixture
def tasks(tmp_path, monkeypatch):
    """Functions in a module that a spawned process can import."""
    (tmp_path / "tasks_of_this_test.py").write_text(TASKS)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("tasks_of_this_test")
    sys.modules.pop("tasks_of_this_test")


@pytest.fixture
def pool(tasks):
    pool = Pool(2, tasks.resource)
    yield pool
    pool.close()


def test_results_come_in_the_order_of_the_items(pool, tasks):
    assert list(pool.each(tasks.plus, range(20))) == list(range(10, 30))


def test_an_item_that_kills_its_worker_is_named_and_costs_no_other(pool, tasks):
    results = list(pool.each(tasks.dies_on_seven, range(10)))
    assert isinstance(results[7], Crashed)
    assert [result for result in results if not isinstance(result, Crashed)] == [10, 11, 12, 13, 14, 15, 16, 18, 19]
    assert list(pool.each(tasks.plus, range(3))) == [10, 11, 12]


def test_an_error_of_the_function_reaches_who_asked(pool, tasks):
    with pytest.raises(ValueError, match="1"):
        list(pool.each(tasks.fails, [1]))


def both(family):
    workers = [each for each in family if "spawn_main" in " ".join(each.cmdline())]
    return workers if len(workers) == 2 else None


def test_workers_end_with_their_parent_even_when_it_is_killed(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(
        "from orthanc_plugin.engine.jobs.pool import Pool\n"
        "import signal\n"
        "def resource(): return 1\n"
        "def nap(_, item): signal.pause()\n"
        "if __name__ == '__main__':\n"
        "    print('up', flush=True)\n"
        "    list(Pool(2, resource).each(nap, [1, 2]))\n"
    )
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE)
    assert parent.stdout.readline() == b"up\n"
    workers = until(lambda: both(psutil.Process(parent.pid).children(recursive=True)), "both workers")
    parent.kill()
    parent.wait(PATIENCE)
    _, alive = psutil.wait_procs(workers, timeout=PATIENCE)
    assert alive == []
