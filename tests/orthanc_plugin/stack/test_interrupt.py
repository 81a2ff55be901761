"""Ctrl-C and its kin."""

import os
import signal
from collections.abc import Iterator

import pytest

from orthanc_plugin.stack.interrupt import StopRequested, stop_on_signals


@pytest.fixture
def hangup() -> Iterator[None]:
    """Let SIGHUP be answered, also where the tests themselves were started with nohup; put it back at the end."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_stops_and_the_second_hurries(number: int, hangup: None) -> None:
    hurried = []
    with stop_on_signals() as stop:
        stop.on_hurry = lambda: hurried.append(True)
        with pytest.raises(StopRequested):
            os.kill(os.getpid(), number)
        assert hurried == []
        os.kill(os.getpid(), number)
        assert hurried == [True]


def test_started_with_nohup_it_outlives_the_terminal(hangup: None) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with stop_on_signals():
        os.kill(os.getpid(), signal.SIGHUP)


def test_signals_are_answered_as_before_once_it_is_over() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    with stop_on_signals():
        pass
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before
