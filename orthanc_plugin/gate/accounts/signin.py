"""From a request to the person who sent it: the password is compared by the portal, once, and then by a keyed hash.

Who is known passes without a question to anybody. The list of open accounts decides at every request, so that a closed,
demoted or changed account is so within seconds. While the portal is away a password is recognised that was right before
(docs/decisions/0120, 0122).
"""

import hmac
import threading
from collections.abc import Mapping

from orthanc_plugin.gate.accounts.asking import Account, GuessingError, PortalAccounts, PortalAwayError
from orthanc_plugin.gate.accounts.closed import ClosedByHand
from orthanc_plugin.gate.accounts.directory import Directory, Log, kept_fresh
from orthanc_plugin.gate.accounts.guesses import Guesses
from orthanc_plugin.gate.accounts.places import Places
from orthanc_plugin.gate.accounts.proofs import Proof, Proven, Verifier, recognises, verifier
from orthanc_plugin.gate.accounts.store import Known, Store
from orthanc_plugin.gate.roles import Principal, Role, credentials_of
from orthanc_plugin.gate.settings import AccountsSettings

_LONGEST = 1024
"""Characters of a password; one that is longer is nobody's, and not worth the time to compare it."""


class SignIn:
    """Signs in by the portal's accounts; our own parts by their passwords in Orthanc's configuration.

    Parameters
    ----------
    roles
        What each role may use.
    parts
        Our own parts' users, each with role and password; the portal is never asked for these names.
    settings
        Where the portal is, and where the accounts last known are kept.
    log
        Orthanc's log; no name and no password ever comes there.
    """

    def __init__(
        self, roles: Mapping[str, Role], parts: Mapping[str, tuple[Role, str]], settings: AccountsSettings, log: Log
    ) -> None:
        self._roles, self._parts, self._key = roles, parts, settings.key.reveal().encode()
        self._portal = PortalAccounts(settings.url, settings.token)
        self._store = Store(settings.file, self._key, log)
        closed = ClosedByHand.beside(settings.file, log)
        self._directory = Directory(self._portal.open_accounts, closed, self._keep, log)
        self._refresher = kept_fresh(self._directory.refresh, log)
        self._proven, self._places, self._guesses = Proven(), Places(), Guesses()
        self._keeping = threading.Lock()
        known = self._store.load()
        self._directory.begin(known.accounts)
        self._verifiers: dict[str, Verifier] = dict(known.verifiers)

    def start(self) -> None:
        """Ask the portal for its accounts from now on."""
        self._refresher.start()

    def close(self) -> None:
        """Ask no more."""
        self._refresher.close()

    def of(self, headers: Mapping[str, str], address: str) -> Principal | None:
        """Return who sent a request with these `headers` (names in lower case) from `address`, or None."""
        given = credentials_of(headers)
        if given is None or len(given[1]) > _LONGEST:
            return None
        user, password = given
        if user in self._parts:
            return self._part(user, password)
        if self._directory.is_closed(user):
            return None
        mark = self._proven.mark(user, password)
        if (known := self._known(mark)) is not None:
            return known
        if not self._proven.is_wrong(mark, self._directory.version):
            self._places.found(mark, address, lambda: self._found(mark, user, password, address))
        return self._known(mark)

    def known(self, headers: Mapping[str, str]) -> Principal | None:
        """Return who sent a request whose password was found right before; never asks the portal."""
        given = credentials_of(headers)
        if given is None:
            return None
        return self._part(*given) if given[0] in self._parts else self._known(self._proven.mark(*given))

    def _part(self, user: str, password: str) -> Principal | None:
        role, expected = self._parts[user]
        return Principal(user, role) if hmac.compare_digest(password.encode(), expected.encode()) else None

    def _known(self, mark: bytes) -> Principal | None:
        """Return the person, where the account is open, its password the same still and its role one of ours."""
        proof = self._proven.right(mark)
        if proof is None:
            return None
        account = self._directory.of(proof.user)
        if account is None or account.stamp != proof.stamp:
            self._proven.drop(mark)
            return None
        role = self._roles.get(account.role)
        if role is None or role.service:
            return None
        return Principal(account.user, role, current=self._directory.is_fresh())

    def _found(self, mark: bytes, user: str, password: str, address: str) -> Proof | None:
        """Find out whether the password is right, and keep that."""
        try:
            proof = self._asked(mark, user, password, address)
        except (PortalAwayError, GuessingError):  # nobody's guesses lock out whoever signed in here before
            proof = self._recognised(user, password, address)
        if proof is not None:
            self._proven.keep(mark, proof)
        return proof

    def _asked(self, mark: bytes, user: str, password: str, address: str) -> Proof | None:
        version = self._directory.version  # before the question: what changes meanwhile is asked again
        account = self._portal.check(user, password, address)
        if account is None:
            self._proven.note_wrong(mark, version)
            return None
        if self._directory.of(account.user) != account:
            self._directory.refresh()  # opened or changed since it was asked last; the list alone says what holds now
        self._remember(account, password)
        return Proof(account.user, account.stamp)

    def _recognised(self, user: str, password: str, address: str) -> Proof | None:
        """Recognise a password that was right before, where the portal compares none; who was never seen is nobody."""
        account = self._directory.of(user)
        kept = self._verifiers.get(account.user) if account else None
        if account is None or kept is None or kept.stamp != account.stamp or not self._guesses.may_try(address, user):
            return None
        if recognises(kept, self._key, password):
            return Proof(account.user, account.stamp)
        self._guesses.note(address, user)
        return None

    def _remember(self, account: Account, password: str) -> None:
        """Keep what recognises the password where the portal does not compare it."""
        kept = self._verifiers.get(account.user)
        if kept is not None and kept.stamp == account.stamp:
            return
        made = verifier(self._key, password, account.stamp)
        with self._keeping:
            self._verifiers[account.user] = made
        self._keep()

    def _keep(self) -> None:
        """Write down what is known now; what recognises a password that has changed goes."""
        with self._keeping:
            accounts = self._directory.all()
            stamps = {account.user: account.stamp for account in accounts}
            self._verifiers = {user: kept for user, kept in self._verifiers.items() if stamps.get(user) == kept.stamp}
            self._store.save(Known(tuple(accounts), self._verifiers))
