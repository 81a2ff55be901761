"""The open accounts as the portal last told them, asked for every two seconds.

Who is not on the list is nobody, whatever was known before. A portal that does not answer leaves the list as it is, and
after a while not fresh: then it holds for direct care alone (assurance F1, F20, H3; docs/decisions/0120). No account at
all, where there were some, is what a lost database says, and is no answer. Who is closed here by hand is nobody too.
"""

import threading
import time
from collections.abc import Callable, Iterable

from orthanc_plugin.gate.accounts.asking import Account, PortalAwayError
from orthanc_plugin.gate.accounts.closed import ClosedByHand
from orthanc_plugin.gate.background import Background

ASK_EVERY_SECONDS = 2.0
FRESH_SECONDS = 15.0
_AWAY = (
    "the portal does not answer the gate, or not for its accounts: direct care goes on with the accounts last known, "
    "and all else is closed until it answers"
)
_BACK = "the portal answers the gate again, and its accounts count as they are now"

Log = Callable[[str], None]


class Directory:
    """Which accounts are open, and whether that is known to be so now.

    Parameters
    ----------
    ask
        Asks the portal for all open accounts.
    closed
        Whom this Orthanc does not let in, whatever the portal says.
    changed
        Told after the list has changed, in the thread that asked.
    log
        Told when the portal goes away and comes back.
    """

    def __init__(
        self, ask: Callable[[], list[Account]], closed: ClosedByHand, changed: Callable[[], None], log: Log
    ) -> None:
        self._ask, self._closed, self._changed, self._log = ask, closed, changed, log
        self._accounts: dict[str, Account] = {}
        self._heard_at: float | None = None
        self._asking = threading.Lock()
        self._away = False
        self.version = 0
        """Grows with every change of the list."""

    def begin(self, accounts: Iterable[Account]) -> None:
        """Begin with the accounts last known, which are not fresh."""
        self._accounts = {account.user.casefold(): account for account in accounts}
        self._closed.read(self._accounts)

    def of(self, user: str) -> Account | None:
        """Return the open account of that name, whatever its capitals, as at the portal."""
        return None if self.is_closed(user) else self._accounts.get(user.casefold())

    def is_closed(self, user: str) -> bool:
        """Return whether that name is closed at this Orthanc by hand."""
        return user.casefold() in self._closed.names

    def all(self) -> list[Account]:
        """Return every account that is open at the portal."""
        return list(self._accounts.values())

    def is_fresh(self) -> bool:
        """Return whether the portal told this list only seconds ago."""
        return self._heard_at is not None and time.monotonic() - self._heard_at < FRESH_SECONDS

    def refresh(self) -> None:
        """Ask the portal now; what it does not answer changes nothing."""
        with self._asking:
            self._closed.read(self._accounts)
            asked_at = time.monotonic()
            try:
                told = self._told()
            except PortalAwayError:
                self._note(away=True)
                return
            self._take(told, asked_at)
            self._note(away=False)

    def _told(self) -> list[Account]:
        told = self._ask()
        if self._accounts and not told:
            raise PortalAwayError("the portal told of no account at all, where there were some")
        return told

    def _take(self, told: list[Account], asked_at: float) -> None:
        fresh = {account.user.casefold(): account for account in told}
        changed = fresh != self._accounts
        self._accounts, self._heard_at = fresh, asked_at
        if changed:
            self.version += 1
            self._changed()

    def _note(self, *, away: bool) -> None:
        if away is not self._away:
            self._away = away
            self._log(_AWAY if away else _BACK)


def kept_fresh(refresh: Callable[[], None], log: Log) -> Background:
    """Return the thread that keeps a directory fresh from its start on."""

    def keep(over: threading.Event) -> None:
        while True:
            try:
                refresh()
            except Exception as error:  # noqa: BLE001 -- the thread must live: the list ages meanwhile, which closes
                log(f"the gate could not take the portal's accounts over: {type(error).__name__}")
            if over.wait(ASK_EVERY_SECONDS):
                return

    return Background("accounts", keep)
