"""The requester's side of an export: talks to a running home through Orthanc, as any other client would."""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import httpx

from orthanc_plugin.stack.ready import remove_stale
from orthanc_plugin.vocabulary import ORTHANC_ID

POLL_SECONDS = 0.5
_SECONDS = 900  # longer than the gate waits for the engine: a package that nobody waits for any more is lost
_LOOKS = 600  # looks in vain at a job, in a row, before it is left to itself: a part may be starting anew
_NO_CONNECTION_IS_KEPT = httpx.Limits(max_keepalive_connections=0)
_RUNNING = ("queued", "running")
_NOT_LET_IN = (
    "Orthanc does not let this user in; an account that was closed or given another password at the portal is so at "
    "Orthanc too, and `aoa user add` gives a new password"
)
_ATTESTED = "attestations."
_LOST = "a package is given out once, so if this one is gone when you ask for it again, begin a new export"


class CannotAskError(Exception):
    """The export cannot be asked for; the message says what to do."""


@dataclass(frozen=True)
class Login:
    """Who asks, and where."""

    url: str
    user: str
    password: str = field(repr=False)


def login(home: Path, user: str | None) -> Login:
    """Return how to reach the home that runs in `home`.

    Parameters
    ----------
    home
        Of `aoa up`.
    user
        Who asks; None takes the first clinician.

    Raises
    ------
    CannotAskError
    """
    remove_stale(home / "ready.json")
    ready = _read(home / "ready.json", f"nothing runs in {home}; start it with: aoa up --home {home}")
    users = _read(home / "secrets" / "users.json", f"{home} has no users; is it a home of aoa up?")
    name = user or next((name for name, entry in users.items() if entry.get("role") == "clinician"), "")
    if name not in users:
        known = ", ".join(sorted(name for name, entry in users.items() if not name.startswith("aoa-")))
        raise CannotAskError(f"there is no user {name or 'with the role clinician'} in this home; known are: {known}")
    return Login(str(ready["orthanc"]).rstrip("/"), name, str(users[name]["password"]))


def _read(path: Path, missing: str) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CannotAskError(missing) from None
    except (OSError, ValueError) as error:
        raise CannotAskError(f"{path} cannot be read ({type(error).__name__})") from None
    return value


@dataclass(frozen=True)
class Answer:
    """What Orthanc answered: status and JSON."""

    status: int
    body: dict[str, Any]

    def reasons(self) -> list[str]:
        """Return why, in words."""
        found = [str(reason["text"]) for reason in self.body.get("reasons", [])]
        found += [f"{fault['field']}: {fault['message']}" for fault in self.body.get("faults", [])]
        untold = _NOT_LET_IN if self.status in (401, 403) else f"Orthanc answered {self.status}"
        return found or [str(self.body.get("message", untold))]

    def unanswered(self) -> dict[str, str]:
        """Return the questions that the portal wants answered, in its own words, if there is nothing else wrong."""
        faults = {str(fault["field"]): str(fault["message"]) for fault in self.body.get("faults", [])}
        asked = {name.removeprefix(_ATTESTED): text for name, text in faults.items() if name.startswith(_ATTESTED)}
        return asked if self.status == 400 and len(asked) == len(faults) else {}


class Asker:
    """Asks Orthanc for an export.

    Parameters
    ----------
    who
        Who asks, and where.
    """

    def __init__(self, who: Login) -> None:
        login = (who.user, who.password)
        self._client = httpx.Client(
            base_url=who.url, auth=login, timeout=_SECONDS, trust_env=False, limits=_NO_CONNECTION_IS_KEPT
        )

    def study(self, name: str) -> str:
        """Return Orthanc's identifier of a study.

        Parameters
        ----------
        name
            Its StudyInstanceUID, or Orthanc's identifier.

        Raises
        ------
        CannotAskError
        """
        if ORTHANC_ID.fullmatch(name):
            return name
        query = {"Level": "Study", "Query": {"StudyInstanceUID": name}}
        answer = self._send("POST", "/tools/find", query)
        if answer.status_code in (401, 403):
            raise CannotAskError(
                "Orthanc does not let this user look for studies; name the study by Orthanc's identifier, and see that "
                "the account is open and its password at the portal still the one in secrets/users.json"
            )
        found = answer.json() if answer.status_code == 200 else []
        if len(found) != 1:
            raise CannotAskError("Orthanc does not know this study; check the StudyInstanceUID")
        return str(found[0])

    def ask(self, body: dict[str, Any]) -> Answer:
        """Ask for an export."""
        return _answer(self._send("POST", "/export", body))

    def states(self, job: str) -> Iterator[dict[str, Any]]:
        """Yield where the job stands, until it stands still.

        Raises
        ------
        CannotAskError
            There is no such job of this person, or nobody tells how it stands for minutes.
        """
        while True:
            answer = self._look(job)
            if answer.status != 200:
                raise CannotAskError("; ".join(answer.reasons()))
            yield answer.body
            if answer.body["state"] not in _RUNNING:
                return
            time.sleep(POLL_SECONDS)

    def _look(self, job: str) -> Answer:
        """Return where the job stands; while Orthanc or the engine is away the job goes on, so look again."""
        for _ in range(_LOOKS):
            try:
                answer = _answer(self._send("GET", f"/export/{job}"))
            except CannotAskError:
                answer = Answer(503, {})
            if answer.status != 503:
                return answer
            time.sleep(POLL_SECONDS)
        raise CannotAskError(
            f"nobody tells how it stands; when all runs again: aoa fetch --job {job}, with home and out as before"
        )

    def fetch(self, job: str, out: Path) -> Answer | None:
        """Write the package to `out`: whole, or not at all.

        A package is given out once, so the place for it is made sure of before it is asked for.

        Returns
        -------
        Answer
            When it was refused; None when it is there.

        Raises
        ------
        CannotAskError
        """
        descriptor, part = _beside(out)
        try:
            with os.fdopen(descriptor, "wb") as file:
                refused = self._fetched(job, file)
            if refused is None:
                part.replace(out)
        except OSError as error:
            raise CannotAskError(f"{out} cannot be written ({error.strerror}); {_LOST}") from None
        finally:
            part.unlink(missing_ok=True)
        return refused

    def _fetched(self, job: str, file: IO[bytes]) -> Answer | None:
        try:
            with self._client.stream("GET", f"/export/{job}/package") as answer:
                if answer.status_code != 200:
                    answer.read()
                    return _answer(answer)
                for piece in answer.iter_bytes():
                    file.write(piece)
        except httpx.HTTPError as error:
            raise CannotAskError(f"the package did not arrive whole ({type(error).__name__}); {_LOST}") from None
        file.flush()
        os.fsync(file.fileno())
        return None

    def _send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        try:
            return self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise CannotAskError(f"Orthanc does not answer ({type(error).__name__}); is the home running?") from None


def _answer(answer: httpx.Response) -> Answer:
    try:
        body = answer.json()
    except ValueError:
        body = {}
    return Answer(answer.status_code, body if isinstance(body, dict) else {})


def _beside(out: Path) -> tuple[int, Path]:
    """Open a file beside `out`, which is put in its place when it is whole."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.absolute().parent)
    except OSError as error:
        told = f"{out} cannot be written ({error.strerror}); nothing was fetched: choose another --out"
        raise CannotAskError(told) from None
    return descriptor, Path(name)
