"""Where everything of one installation lies (docs/interfaces.md, "A home")."""

from dataclasses import dataclass
from pathlib import Path

from orthanc_plugin.stack.errors import StackError

FOLDERS = ("secrets", "orthanc", "orthanc/storage", "gate", "gate/journal", "engine", "engine/work", "engine/packages",
           "portal", "logs", "run")  # fmt: skip
_UNWRITABLE = ("%", ";", "#", "\n", "\r", '"')
_LONGEST_SOCKET = 100  # bytes; Linux allows 107 for the whole path of a socket


@dataclass(frozen=True)
class Home:
    """The folder of one installation, and what lies where in it."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> "Home":
        """Return the home at `folder`, which need not exist yet.

        Raises
        ------
        StackError
            If the path holds a character that the supervisor's configuration cannot carry.
        """
        whole = folder.absolute()
        if any(character in str(whole) for character in _UNWRITABLE):
            raise StackError(
                "The home's path holds % ; # \" or a line break, which the supervisor's configuration cannot carry. "
                "Choose a plainer path with --home."
            )
        return cls(whole)

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.folder / "aoa.toml"

    @property
    def ready(self) -> Path:
        """Says that every part answers, and where."""
        return self.folder / "ready.json"

    @property
    def secrets(self) -> Path:
        """The folder of passwords, tokens and keys."""
        return self.folder / "secrets"

    @property
    def users(self) -> Path:
        """Users, their passwords and roles."""
        return self.secrets / "users.json"

    @property
    def orthanc_configuration(self) -> Path:
        """Orthanc's configuration, rendered at every start."""
        return self.folder / "orthanc" / "orthanc.json"

    @property
    def run(self) -> Path:
        """What exists only while the parts run."""
        return self.folder / "run"

    def log(self, part: str) -> Path:
        """Return the log file of `part`."""
        return self.folder / "logs" / f"{part}.log"

    def short_enough_for_a_socket(self) -> bool:
        """Tell whether a socket can be bound inside `run`."""
        return len(bytes(self.run)) + len("/supervisor.sock") <= _LONGEST_SOCKET

    def make_folders(self) -> None:
        """Make the folders that are missing, open to this user only.

        Raises
        ------
        StackError
            If one cannot be made.
        """
        for name in (".", *FOLDERS):
            path = self.folder / name
            try:
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise StackError(f"The folder {path} cannot be made ({error.strerror}). Choose another --home, or mend "
                                 "its permissions.") from error  # fmt: skip
