"""`aoa up`: the order in which an installation is made, started, watched and ended.

This is the only file that knows that order.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from orthanc_plugin.stack import orthanc_files, people, ports, preflight, settings_file
from orthanc_plugin.stack.answers import Question
from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.interrupt import Stop, StopRequested, rest, stop_on_signals
from orthanc_plugin.stack.lock import alone
from orthanc_plugin.stack.patience import NAMES, wait_until_all_answer
from orthanc_plugin.stack.ports import LOOPBACK, Ports
from orthanc_plugin.stack.prepare import equip, prepare
from orthanc_plugin.stack.programs import programs
from orthanc_plugin.stack.ready import Ready
from orthanc_plugin.stack.screen import Screen
from orthanc_plugin.stack.supervision import Supervisor
from orthanc_plugin.stack.words import farewell, welcome

_WATCH = 0.5  # seconds between two looks at the parts


@dataclass(frozen=True)
class Wish:
    """What `aoa up` was asked for; a port that is None stays what the home says."""

    demo: bool = False
    orthanc_port: int | None = None
    dicom_port: int | None = None
    portal_port: int | None = None


def up(home: Home, wish: Wish, screen: Screen) -> None:
    """Make, start and watch an installation until somebody stops it.

    Parameters
    ----------
    home
        Made when it does not exist.
    wish
        Ports, and whether the sample studies and logins are wanted.
    screen
        Where progress is told.

    Raises
    ------
    StackError
        If it cannot be started, or the supervisor ends by itself.
    StopRequested
        If it was stopped before everything answered.
    """
    with stop_on_signals() as stop:
        home.make_folders()
        with alone(home):
            home.ready.unlink(missing_ok=True)
            _prepare_and_run(home, wish, screen, stop)


def _prepare_and_run(home: Home, wish: Wish, screen: Screen, stop: Stop) -> None:
    if home.settings.exists():
        equip(home, demo=wish.demo)  # every fault of the settings first; a port that is in use comes after
    chosen = choose_ports(home, wish)
    users, settings = equip(home, demo=wish.demo)
    orthanc = preflight.check(preflight.find_orthanc(), orthanc_files.plugins(settings))
    screen.say(f"Anonymise or Ask in {home.folder}")
    prepare(home, chosen, settings, users, screen)
    ready = Ready(
        orthanc=f"http://{LOOPBACK}:{chosen.orthanc}",
        portal=f"http://{LOOPBACK}:{chosen.portal}",
        dicom_aet=settings.dicom_aet,
        dicom_port=chosen.dicom,
        logins=people.logins(users) if wish.demo else None,
    )
    with _running(home, orthanc, screen, stop) as supervisor:
        wait_until_all_answer(supervisor, home, _questions(chosen, users), screen)
        if wish.demo:
            from orthanc_plugin.stack import demo  # noqa: PLC0415 -- half a second of pydicom, for a demonstration only

            demo.furnish(home, ready, settings.demo_family, screen)
        ready.pids = {"supervisor": supervisor.pid, **_pids_of_all(home, supervisor)}
        _announce_and_watch(home, ready, supervisor, screen)


def choose_ports(home: Home, wish: Wish) -> Ports:
    """Settle the ports, write them to the settings file and see that they are free.

    What the environment names (`AOA_PORTAL_PORT`, ...) is written to the file too, so that every address follows: the
    part itself goes by the environment. A new home, and one whose engine's port is taken by now, gets a free one for
    the engine: nobody outside needs to know it.

    Raises
    ------
    StackError
        If a port that was asked for is in use, or the environment names another one.
    """
    named = settings_file.read_ports(home.settings) if home.settings.exists() else Ports(engine=ports.free_port())
    asked = {"orthanc": wish.orthanc_port, "dicom": wish.dicom_port, "portal": wish.portal_port}
    wished = {part: port for part, port in asked.items() if port is not None}
    of_environment = ports.of_environment(os.environ)
    ports.check_agreement(wished, of_environment)
    chosen = replace(named, **{**of_environment, **wished})
    if "engine" not in of_environment and not ports.is_free(chosen.engine):
        chosen = replace(chosen, engine=ports.free_port())
    ports.check(chosen)
    settings_file.ensure(home.settings)
    settings_file.set_ports(home.settings, chosen)
    return chosen


@contextmanager
def _running(home: Home, orthanc: Path, screen: Screen, stop: Stop) -> Iterator[Supervisor]:
    """Run the programs while the context lasts, and say that they are being stopped."""
    supervisor = Supervisor(home, programs(home, orthanc))
    stop.on_hurry = supervisor.hurry.set
    try:
        with supervisor:
            try:
                yield supervisor
            finally:
                stop.asked = True  # from here on a signal means: faster
                home.ready.unlink(missing_ok=True)
                screen.say("\nStopping Orthanc, the engine and the portal (Ctrl-C again: at once) ...")
    finally:
        screen.say(farewell(home))


def _announce_and_watch(home: Home, ready: Ready, supervisor: Supervisor, screen: Screen) -> None:
    """Say that all of it answers, and keep ready.json true until somebody stops us.

    Whoever has read ready.json may stop us at once: from the moment it is there, that is an orderly end.
    """
    try:
        ready.write(home)
        screen.say(welcome(home, ready))
        written = True
        while supervisor.alive():
            written = _followed(home, ready, supervisor, screen, before=written)
            rest(_WATCH)
    except StopRequested:
        return
    raise StackError(_ended(home, supervisor))


def _followed(home: Home, ready: Ready, supervisor: Supervisor, screen: Screen, *, before: bool) -> bool:
    """Bring ready.json up to date and tell whether that went well; a full disk must not take direct care down (H3)."""
    try:
        ready.follow(home, _pids(supervisor))
    except OSError as error:
        if before:
            screen.say(
                f"{home.ready} cannot be written ({error.strerror}). All parts go on; make room, it is tried again."
            )
        return False
    return True


def _pids(supervisor: Supervisor) -> dict[str, int]:
    return {name: part.pid for name, part in supervisor.look().items()}


def _pids_of_all(home: Home, supervisor: Supervisor) -> dict[str, int]:
    """Return the process id of every part, once each has one: a part may be starting anew at this moment."""
    while supervisor.alive():
        pids = _pids(supervisor)
        if all(pids.get(name) for name in NAMES):
            return pids
        rest(_WATCH)
    raise StackError(_ended(home, supervisor))


def _ended(home: Home, supervisor: Supervisor) -> str:
    return (
        f"The supervisor ended by itself, and all parts with it. Its last words:\n{supervisor.own_words()}\n"
        f"{home.log('supervisor')} says what came before."
    )


def _questions(chosen: Ports, users: people.Users) -> list[Question]:
    login = (people.SUPERVISOR, users[people.SUPERVISOR]["password"])
    return [
        Question("portal", f"http://{LOOPBACK}:{chosen.portal}/health/live"),  # closed or not: care waits for nobody
        Question("engine", f"http://{LOOPBACK}:{chosen.engine}/health/ready"),
        Question("orthanc", f"http://{LOOPBACK}:{chosen.orthanc}/system", login),
    ]
