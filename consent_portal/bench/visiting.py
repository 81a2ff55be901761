"""Fifty people who are signed in and open pages at once, over HTTP, as their browsers do."""

import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from consent_portal.bench.figures import Figure, percentile
from consent_portal.bench.home import Home, Served
from consent_portal.bench.people import Recording

GOAL = 50.0
"""Milliseconds."""
LOOKS_FOR = 4.0
"""Seconds that somebody looks at a page before opening the next: on average, as long as chance has it."""
_TOKEN = re.compile(r'name="(csrf_token|form_token)"[^>]*value="([^"]*)"')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Visitor:
    """Somebody with a browser: one connection that is kept, and cookies."""

    home: Home
    user: str
    draw: random.Random
    cookies: dict[str, str] = field(default_factory=dict)
    took: dict[str, list[float]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = HTTPConnection("127.0.0.1", urlsplit(self.home.url).port or 80, timeout=120)

    def send(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Open a page, or send a form."""
        method, body = ("GET", None) if fields is None else ("POST", urlencode(fields))
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = {"Cookie": kept, "Referer": self.home.url, **(_FORM if body else {})}
        self._connection.request(method, path, body, head)
        answer = self._connection.getresponse()
        page = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookies.update([tuple(value.partition(";")[0].split("=", 1))])  # type: ignore[list-item]
        return answer.status, page

    def sign_in(self) -> None:
        """Sign in, and see the search form once."""
        page = self.send("/login")[1]
        fields = {**dict(_TOKEN.findall(page)), "username": self.user, "password": self.home.password}
        status, _ = self.send("/login", fields)
        if status != 302:
            raise RuntimeError(f"The portal did not let the benchmark sign in (status {status}).")
        self.tokens = dict(_TOKEN.findall(self.send("/studies")[1]))

    def open(self, kind: str, consents: int) -> None:
        """Open a page and note how long it took."""
        recording = Recording(self.draw.randrange(consents))
        person = recording.of
        path, fields = {
            "home": ("/", None),
            "study": (f"/studies/{recording.key}", None),
            "search by name": ("/studies", {**self.tokens, "name": person.patient().name.replace("^", " ")}),
            "search by number": ("/studies", {**self.tokens, "hospital_number": person.hospital_number}),
        }[kind]
        start = time.perf_counter()
        status, page = self.send(path, fields)
        self.took.setdefault(kind, []).append((time.perf_counter() - start) * 1000)
        if status != 200 or (fields and 'href="/studies/' not in page):
            raise RuntimeError(f"The page {kind} was not as it should be (status {status}).")


KINDS = ("home", "study", "study", "search by name", "search by number")
"""What people open, as often as it stands here."""


def look_all(visitors: list[Visitor], consents: int, each: int, told: Callable[[int], None]) -> None:
    """Let everybody open so many pages, all at once, and tell of each page."""
    faults: list[Exception] = []

    def look(visitor: Visitor) -> None:
        try:
            for _ in range(each):
                time.sleep(visitor.draw.expovariate(1 / LOOKS_FOR))
                visitor.open(visitor.draw.choice(KINDS), consents)
                told(1)
        except Exception as error:  # noqa: BLE001  (raised below, where somebody hears of it)
            faults.append(error)

    threads = [threading.Thread(target=look, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for fault in faults:
        raise fault


def figures(home: Home, portal: Served, consents: int, each: int, told: Callable[[int], None]) -> Iterator[Figure]:
    """Measure pages while everybody looks at some."""
    visitors = [Visitor(home, user, random.Random(user)) for user in home.users]  # noqa: S311  (no secret)
    for visitor in visitors:
        visitor.sign_in()
    before = portal.computed
    look_all(visitors, consents, each, told)
    computed = (portal.computed - before) * 1000 / (each * len(visitors))
    took = {kind: [one for visitor in visitors for one in visitor.took.get(kind, [])] for kind in dict.fromkeys(KINDS)}
    every = [one for values in took.values() for one in values]
    yield Figure(f"a page with {len(visitors)} users, p99", percentile(every, 99), "ms", GOAL)
    yield Figure("  half of the pages", percentile(every, 50), "ms")
    for kind, values in took.items():
        if values:
            yield Figure(f"  {kind}, p99", percentile(values, 99), "ms")
    yield Figure("  what the portal computes for a page", computed, "ms")
