"""Waits until every part answers, and says at once when one cannot start."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from orthanc_plugin.stack.answers import Question, answers
from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.interrupt import rest
from orthanc_plugin.stack.screen import Screen
from orthanc_plugin.stack.supervision import Part, Supervisor
from orthanc_plugin.stack.tools import tail

_PAUSE = 0.5  # seconds between two looks
_FIRST = 0.02  # seconds after the first look; then each time twice as long
_LOOKS = 3600  # so half an hour and more: a machine with other work to do has been seen to need minutes, and lives
_TELL = 60  # looks between two words to whoever waits, so half a minute and more
_STARTS = 3  # a part that ended twice by itself will do so again
NAMES = {"orthanc": "Orthanc with the gate", "engine": "the engine", "portal": "the portal"}


def wait_until_all_answer(supervisor: Supervisor, home: Home, questions: Sequence[Question], screen: Screen) -> None:
    """Ask each part until it answers.

    Raises
    ------
    StackError
        If a part ends by itself again and again, or does not answer for half an hour; with the end of its log.
    """
    starts: dict[str, set[int]] = defaultdict(set)
    for question in questions:
        with screen.step(f"Waiting for {NAMES[question.part]} to answer"):
            for look in range(1, _LOOKS + 1):
                parts = _note_starts(supervisor, home, starts)
                if answers(question):
                    break
                if look % _TELL == 0:
                    screen.say(f"    {still(parts.get(question.part), home.log(question.part))}")
                rest(min(_PAUSE, _FIRST * 2 ** min(look, 9)))
            else:
                raise StackError(_told(home, question.part, "does not answer"))


def still(part: Part | None, log: Path) -> str:
    """Return what is said of a part that is waited for.

    Parameters
    ----------
    part
        What the supervisor knows of it; None where it does not tell.
    log
        The part's.
    """
    if part is not None and part.pid:
        return f"still starting: process {part.pid} runs; {log} says how far it is. Ctrl-C stops the waiting."
    return f"not running at this moment, and about to be started; {log} says why. Ctrl-C stops the waiting."


def _note_starts(supervisor: Supervisor, home: Home, starts: dict[str, set[int]]) -> dict[str, Part]:
    """Note the process ids that each part had so far, and return what is known of the parts now."""
    parts = supervisor.look()
    for name, part in parts.items():
        starts[name] |= {part.pid} - {0}
        if len(starts[name]) >= _STARTS:
            raise StackError(_told(home, name, "ends by itself as soon as it is started"))
    if not supervisor.alive():
        raise StackError(f"The supervisor ended by itself. Its last words:\n{supervisor.own_words()}")
    return parts


def _told(home: Home, part: str, fault: str) -> str:
    name, log = NAMES[part], home.log(part)
    return f"{name[0].upper()}{name[1:]} {fault}. The end of {log}:\n{tail(log)}"
