"""Waits until every part answers, and says at once when one cannot start."""

from collections import defaultdict
from collections.abc import Sequence

from orthanc_plugin.stack.answers import Question, answers
from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.interrupt import rest
from orthanc_plugin.stack.screen import Screen
from orthanc_plugin.stack.supervision import Supervisor
from orthanc_plugin.stack.tools import last_lines

_LOOKS = 360  # half a second apart, so three minutes: a slow disk is no fault
_PAUSE = 0.5  # seconds
_STARTS = 3  # a part that ended twice by itself will do so again
NAMES = {"orthanc": "Orthanc with the gate", "engine": "the engine", "portal": "the portal"}


def wait_until_all_answer(supervisor: Supervisor, home: Home, questions: Sequence[Question], screen: Screen) -> None:
    """Ask each part until it answers.

    Raises
    ------
    StackError
        If a part ends by itself again and again, or does not answer for three minutes; with the end of its log.
    """
    starts: dict[str, set[int]] = defaultdict(set)
    for question in questions:
        with screen.step(f"Waiting for {NAMES[question.part]} to answer"):
            for _ in range(_LOOKS):
                _note_starts(supervisor, home, starts)
                if answers(question):
                    break
                rest(_PAUSE)
            else:
                raise StackError(_told(home, question.part, "does not answer"))


def _note_starts(supervisor: Supervisor, home: Home, starts: dict[str, set[int]]) -> None:
    for name, part in supervisor.look().items():
        starts[name] |= {part.pid} - {0}
        if len(starts[name]) >= _STARTS:
            raise StackError(_told(home, name, "ends by itself as soon as it is started"))
    if not supervisor.alive():
        raise StackError(_told(home, "supervisor", "ended by itself"))


def _told(home: Home, part: str, fault: str) -> str:
    log = home.log(part)
    end = last_lines(log.read_text(encoding="utf-8", errors="replace")) if log.exists() else "    (empty)"
    name = NAMES.get(part, f"the {part}")
    return f"{name[0].upper()}{name[1:]} {fault}. The end of {log}:\n{end}"
