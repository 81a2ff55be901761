"""Everything of a start but the start: folders, secrets, settings, Orthanc's configuration, the portal's database.

`aoa up` begins with it, and a container or a service manager that runs the parts by itself needs only this.
"""

import sys

from orthanc_plugin.stack import orthanc_files, people, settings_file, tools, vault
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.ports import Ports
from orthanc_plugin.stack.screen import Screen
from orthanc_plugin.stack.stack_settings import StackSettings


def prepare(home: Home, ports: Ports, settings: StackSettings, screen: Screen, *, demo: bool) -> people.Users:
    """Make what is missing in a home and render what follows from its settings.

    Parameters
    ----------
    home
        Its folders and its settings file exist.
    ports
        As the settings file names them.
    settings
        The stack's own.
    screen
        Where progress is told.
    demo
        Whether every role gets a user.

    Returns
    -------
    people.Users
        All users, old and new.

    Raises
    ------
    StackError
        If a file is broken, or the portal's database cannot be prepared.
    """
    users = vault.fill(home, demo)
    settings_file.set_roles(home.settings, users)
    settings_file.set_accounts(home.settings)
    orthanc_files.write(home, ports, settings, users)
    with screen.step("Preparing the portal's database and accounts"):
        tools.run(home, _portal("migrate"), "prepare the portal's database")
        tools.run(home, _portal("users", "--file", str(home.users)), "make the portal's accounts")
    return users


def _portal(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "consent_portal", *arguments]
