"""Everything of a start but the start: folders, secrets, settings, Orthanc's configuration, the portal's database.

`aoa up` begins with it, and a container or a service manager that runs the parts by itself needs only this.
"""

import sys

from orthanc_plugin.stack import orthanc_files, people, settings_file, tools, vault
from orthanc_plugin.stack.checked import checked
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.ports import Ports
from orthanc_plugin.stack.screen import Screen
from orthanc_plugin.stack.stack_settings import StackSettings


def equip(home: Home, *, demo: bool) -> tuple[people.Users, StackSettings]:
    """Make the secrets that are missing in a home, and see to it that every part can use its settings.

    Parameters
    ----------
    home
        Its folders and its settings file exist.
    demo
        Whether every role gets a user.

    Returns
    -------
    people.Users
        All users, old and new.
    StackSettings
        The stack's own.

    Raises
    ------
    StackError
        If a file is broken, or a setting of any part has a fault; all faults of all parts are named.
    """
    users = vault.fill(home, demo)
    settings_file.set_roles(home.settings, users)
    settings_file.set_accounts(home.settings)
    settings_file.set_pictures(home.settings)
    return users, checked(home)


def prepare(home: Home, ports: Ports, settings: StackSettings, users: people.Users, screen: Screen) -> None:
    """Render what follows from a home's settings, and bring the portal's database and accounts up to date.

    Parameters
    ----------
    home
        Equipped.
    ports
        As the settings file names them.
    settings
        The stack's own.
    users
        All of them.
    screen
        Where progress is told.

    Raises
    ------
    StackError
        If the portal's database cannot be prepared.
    """
    orthanc_files.write(home, ports, settings, users)
    with screen.step("Preparing the portal's database and accounts"):
        command = [sys.executable, "-m", "consent_portal", "prepare", "--users", str(home.users)]
        held_back = tools.held_back(home, command, "prepare the portal's database and accounts")
    if held_back:  # care starts all the same, and the portal says so to whoever asks
        screen.say(f"\nTHE PORTAL STAYS CLOSED. {held_back}\n")
