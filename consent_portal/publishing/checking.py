"""The check of a version: in the background, because setting every poster in every language takes a minute."""

import threading
from dataclasses import asdict, dataclass

import structlog

from consent_portal.database import Database
from consent_portal.policy.model import Outcome, Policy
from consent_portal.publishing import versions
from consent_portal.publishing.press.press import RUNS, PressAway
from notices.errors import NoticeError
from notices.versions import Person, Version

log = structlog.get_logger()
PURPOSES = {
    "teaching": ("teaching", "lecture", "exam", "handout"),
    "research": ("research",),
    "print": ("print",),
    "internet": ("internet",),
    "companies": ("commercial",),
}
"""The purposes behind each statement of the notice."""


@dataclass(frozen=True)
class Rules:
    """What a notice is compared with, besides the export profile.

    Attributes
    ----------
    allowed : dict of str to bool
        Statements of the notice that the policy forbids, each with False.
    address : str
        Where the portal shows the notice to the public.
    switches : tuple of str
        Relaxations of the policy that are on and signed.
    """

    allowed: dict[str, bool]
    address: str
    switches: tuple[str, ...]


def forbidden(policy: Policy) -> dict[str, bool]:
    """Return the statements of the notice whose purposes the policy denies in every case, each with False."""
    return {name: False for name, purposes in PURPOSES.items() if not any(_possible(one, policy) for one in purposes)}


def rules_of(policy: Policy, address: str) -> Rules:
    """Return what a notice is compared with, of the policy in force and the public page's address."""
    return Rules(forbidden(policy), address, tuple(sorted(policy.on)))


def _possible(purpose: str, policy: Policy) -> bool:
    rows = [row for row in policy.rows if purpose in row.purposes]
    asked_by_somebody = any(purpose in purposes for purposes in policy.roles.values())
    return asked_by_somebody and any(cell.outcome is not Outcome.DENY for row in rows for cell in row.cells.values())


class Checking:
    """Which versions are being checked now, and what went wrong with those that were."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._running: set[int] = set()
        self._failed: dict[int, str] = {}

    def is_running(self, number: int) -> bool:
        """Whether that version is being checked."""
        with self._guard:
            return number in self._running

    def failure(self, number: int) -> str:
        """Return why the last check of that version came to nothing; empty when it did not."""
        with self._guard:
            return self._failed.get(number, "")

    def start(self, version: Version, by: Person, rules: Rules) -> None:
        """Begin the check of a version; nothing happens when it is being checked already."""
        with self._guard:
            if version.number in self._running:
                return
            self._running.add(version.number)
            self._failed.pop(version.number, None)
        threading.Thread(target=self._check, args=(version, by, rules), daemon=True).start()

    def _check(self, version: Version, by: Person, rules: Rules) -> None:
        failed = "The check came to nothing. Start it again; if it happens again, tell the administrator."
        try:
            made = RUNS.make("checked", version=version.as_dict(), user=by.user, role=by.role, rules=asdict(rules))
            with self._database.writing() as session:
                versions.note_check(session, Version.from_dict(made.words["version"]))
            failed = ""
        except (NoticeError, PressAway, ValueError) as error:
            failed = str(error)
        except Exception as error:  # noqa: BLE001  # a thread has nobody above it: note the kind, and say that it failed
            log.warning("check failed", kind=type(error).__name__)
        finally:
            with self._guard:
                self._running.discard(version.number)
                if failed:
                    self._failed[version.number] = failed
