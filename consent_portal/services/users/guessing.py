"""Counts wrong passwords, once for every door that asks for one (assurance F7, F26).

Two limits, because each alone can be turned against somebody: one for an account from one address, and a wider one for
the address. Nobody can lock a colleague out from another computer.
"""

from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter

FAILURES_PER_ACCOUNT = "5 per 15 minutes"
FAILURES_PER_ADDRESS = "50 per 15 minutes"
_NAME_LENGTH = 64


@dataclass(frozen=True)
class Guesses:
    """The count.

    Attributes
    ----------
    counter
        Keeps it in the portal's own memory.
    """

    counter: RateLimiter

    def are_too_many(self, name: str, address: str) -> bool:
        """Return whether no more passwords are compared for this name from there, or for anybody from there."""
        return not all(self.counter.test(limit, key) for limit, key in _limits(name, address))

    def are_too_many_again(self, user: int) -> bool:
        """Return whether somebody who is signed in gave their own password wrongly too often."""
        return not self.counter.test(parse(FAILURES_PER_ACCOUNT), _again(user))

    def note_again(self, user: int) -> None:
        """Count a wrong password of somebody who is signed in."""
        self.counter.hit(parse(FAILURES_PER_ACCOUNT), _again(user))

    def note(self, name: str, address: str) -> None:
        """Count a wrong password."""
        for limit, key in _limits(name, address):
            self.counter.hit(limit, key)


def in_memory() -> Guesses:
    """Return a count that begins anew with this process."""
    return Guesses(FixedWindowRateLimiter(MemoryStorage()))


def _again(user: int) -> str:
    return f"password-again|{user}"


def _limits(name: str, address: str) -> list[tuple[RateLimitItem, str]]:
    who = f"{address}|{name.strip().casefold()[:_NAME_LENGTH]}"
    return [(parse(FAILURES_PER_ADDRESS), address), (parse(FAILURES_PER_ACCOUNT), who)]
