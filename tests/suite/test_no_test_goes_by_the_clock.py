"""No test waits a fixed time, gives up after a few seconds or measures time: a busy machine is no fault (F27)."""

from pathlib import Path

import pytest

from tests.support.waits import by_the_clock

TESTS = Path(__file__).parents[1]

ALLOWED = {
    "support/patience.py": "it is the one wait, with its pause between two looks",
    "support/waits.py": "it holds the words that it looks for",
    "orthanc_plugin/stack/logkeeping/test_keeper.py": "its programs talk and stand still; its tests wait",
    "privacy/peers.py": "a script of its own that cannot import the tests' patience; it waits for a condition",
    "suite/test_no_test_goes_by_the_clock.py": "its texts are examples",
}


def test_no_test_goes_by_the_clock() -> None:
    found = [
        f"tests/{name}:{line}: {what}"
        for path in sorted(TESTS.rglob("*.py"))
        if (name := path.relative_to(TESTS).as_posix()) not in ALLOWED
        for line, what in by_the_clock(path.read_text("utf-8"))
    ]
    assert not found, "\n".join(["wait for a condition, with tests/support/patience.py:", *found])


def test_whatever_is_allowed_is_still_needed() -> None:
    assert [name for name in ALLOWED if not list(by_the_clock((TESTS / name).read_text("utf-8")))] == []


@pytest.mark.parametrize(
    "line",
    [
        "time.sleep(1)",
        "sleep(pause)",
        "page.wait_for_timeout(500)",
        "threading.Timer(1, set).start()",
        "subprocess.run(command, timeout=60)",
        "subprocess.run(command, timeout=2 * 60)",
        "thread.join(5)",
        "event.wait(0.5)",
        "until(found, 'it', seconds=3)",
        "pytest.mark.timeout(900)",
        "settings(deadline=200)",
        "assert time.monotonic() - began < 2",
        "began = perf_counter()",
        "run([python, '-c', 'import time; time.sleep(3)'])",
        "run(['sleep 5'])",
        "page.evaluate('setTimeout(f, 10)')",
        "attempt('postgresql://there/?connect_timeout=2')",
    ],
)
def test_a_wait_by_the_clock_is_found_with_its_line(line: str) -> None:
    assert [at for at, _ in by_the_clock(f"import x\n\n{line}\n")] == [3]


@pytest.mark.parametrize(
    "line",
    [
        "until(found, 'it')",
        "process.wait(PATIENCE)",
        "process.wait()",
        "subprocess.run(command, timeout=PATIENCE * 2)",
        "Press(seconds=0)",
        "', '.join(words)",
        "NOW - timedelta(seconds=1)",
        "'''Say what a sleep(1) would spoil.'''",
    ],
)
def test_what_waits_for_a_condition_is_left_alone(line: str) -> None:
    assert list(by_the_clock(line)) == []
