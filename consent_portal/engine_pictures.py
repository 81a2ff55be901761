"""Pictures from the engine, for whoever may look: held images, and what would leave after a second review.

The portal is the only caller; no browser speaks to the engine. A ticket is never put into a log, an address or an
error's text, and no picture is kept.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx
import urllib3
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked
from urllib3.exceptions import HTTPError, ProtocolError

from consent_portal.portal_settings import PortalSettings

CONNECT_SECONDS, READ_SECONDS = 5.0, 60.0
"""An engine that is not there says so at once; one that reads a large object and covers areas needs its time."""
LARGEST = 256 * 2**20
"""Bytes of an answer: a picture of 60,000 x 40,000 pixels is asked for by its longest side, and stays below."""
KEPT = 16
"""Connections: as many as the portal has threads."""
_IGNORED = ConfigDict(extra="ignore", frozen=True)


class PicturesError(Exception):
    """No picture can be shown; the text says why, and holds no address and no ticket."""


class EngineAway(PicturesError):  # noqa: N818  (named for the situation)
    """The engine, or its Orthanc, did not answer, or not as expected; try again when it is back."""


class PictureGone(PicturesError):  # noqa: N818  (as above)
    """There is nothing to show any more."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PictureRefused(PicturesError):  # noqa: N818  (as above)
    """The engine cannot show or cover it as asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Person:
    """Who looks."""

    user: str
    role: str


@dataclass(frozen=True)
class Window:
    """Center and width of what is shown (PS3.3 C.11.2)."""

    center: float
    width: float


@checked(config=_IGNORED)
class NamedWindow:
    """A window that the object names."""

    center: float
    width: float
    name: str


@checked(config=_IGNORED)
class Facts:
    """What has to be known of a picture before it is shown; `proportion` is the height of a pixel by its width."""

    frames: int
    rows: int
    columns: int
    proportion: float
    colour: bool
    windows: tuple[NamedWindow, ...]


@checked(config=_IGNORED)
class Rule:
    """A device rule, as TOML."""

    rule: str


@checked(config=_IGNORED)
class ReleasedObject:
    """An object that would leave, and what was done to its pixels."""

    position: int
    study: int | str
    series: int | str
    modality: str
    kind: str
    frames: int
    rows: int
    columns: int
    proportion: float
    colour: bool
    windows: tuple[NamedWindow, ...]
    pixels: str


@checked(config=_IGNORED)
class Report:
    """What the report of a release says."""

    profile: str
    level: str | None
    findings: str


@checked(config=_IGNORED)
class Release:
    """What would leave of a job, by the fingerprint `basis`."""

    job: str
    basis: str
    objects: tuple[ReleasedObject, ...]
    held_back: tuple[dict[str, Any], ...]
    report: Report


Known = TypeVar("Known")


class EnginePictures:
    """Asks the engine for pictures.

    Parameters
    ----------
    url, token : str
        Of the engine, and of the portal there.
    """

    def __init__(self, url: str, token: str, *, connect: float = CONNECT_SECONDS, read: float = READ_SECONDS) -> None:
        self._url, self._token = url.rstrip("/"), token
        context = httpx.create_ssl_context() if self._url.startswith("https:") else None
        timeout = urllib3.Timeout(connect=connect, read=read)
        self._pool = urllib3.PoolManager(maxsize=KEPT, timeout=timeout, retries=False, ssl_context=context)

    @classmethod
    def from_settings(cls, portal: PortalSettings) -> Self | None:
        """Return a client as the settings say, None where they name no engine."""
        return cls(portal.engine_url, portal.pictures_token) if portal.engine_url else None

    def held(  # noqa: PLR0913  (one for each thing that can be asked of a picture)
        self,
        ticket: str,
        person: Person,
        *,
        frame: int = 0,
        side: int | None = None,
        window: Window | int | None = None,
        areas: Iterable[Any] = (),
        covered: bool = False,
        part: Any = None,
    ) -> bytes:
        """Return a frame of a held image as PNG; with areas `covered`, as it would leave.

        Parameters
        ----------
        side : int, optional
            The longest side in pixels; as it is stored without.
        window : Window or int, optional
            Center and width, or the number of one that the object names.
        areas : iterable
            Objects with `left`, `top`, `right`, `bottom`, `frame`, or mappings of these.
        part : object, optional
            One such: what is shown of the frame, in stored pixels; at most 4096 wide and high.

        Raises
        ------
        EngineAway, PictureGone, PictureRefused
        """
        asked = {"ticket": ticket, "areas": [_plain(area) for area in areas], "covered": covered}
        return self._picture("/pictures/held", asked | _view(frame, side, window, part), person)

    def held_facts(self, ticket: str, person: Person) -> Facts:
        """Return what has to be known of a held image before it is shown.

        Raises
        ------
        EngineAway, PictureGone, PictureRefused
        """
        return _known(Facts, self._asked("POST", "/pictures/held/facts", person, {"ticket": ticket}))

    def held_rule(self, ticket: str, person: Person, areas: Iterable[Any]) -> str:
        """Return a device rule, as TOML, that blanks these areas in every image like this one.

        Raises
        ------
        EngineAway, PictureGone, PictureRefused
        """
        asked = {"ticket": ticket, "areas": [_plain(area) for area in areas]}
        return _known(Rule, self._asked("POST", "/pictures/held/rule", person, asked)).rule

    def release(self, job: str, person: Person) -> Release:
        """Return what would leave of a job.

        Raises
        ------
        EngineAway, PictureGone, PictureRefused
        """
        return _known(Release, self._asked("GET", f"/pictures/releases/{quote(job, safe='')}", person))

    def released(  # noqa: PLR0913  (as `held`)
        self,
        job: str,
        position: int,
        person: Person,
        *,
        frame: int = 0,
        side: int | None = None,
        window: Window | int | None = None,
        part: Any = None,
    ) -> bytes:
        """Return a frame of an object that would leave, or a part of it, as PNG.

        Raises
        ------
        EngineAway, PictureGone, PictureRefused
        """
        path = f"/pictures/releases/{quote(job, safe='')}/{position:d}"
        return self._picture(path, _view(frame, side, window, part), person)

    def _picture(self, path: str, asked: Mapping[str, Any], person: Person) -> bytes:
        answer = self._asked("POST", path, person, asked)
        if not answer.startswith(b"\x89PNG\r\n\x1a\n"):
            raise EngineAway("The engine sent something else than a picture.")
        return answer

    def _asked(self, method: str, path: str, person: Person, body: Mapping[str, Any] | None = None) -> bytes:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "X-AOA-User": _header(person.user),
            "X-AOA-Role": _header(person.role),
            "Content-Type": "application/json",
        }
        sent = json.dumps(body).encode() if body is not None else None
        try:
            status, data = self._answer(method, path, headers, sent)
        except HTTPError as error:
            raise EngineAway(f"The engine does not answer ({type(error).__name__}).") from None
        if status != httpx.codes.OK:
            raise _error(status, data)
        return data

    def _answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> tuple[int, bytes]:
        """Return status and body; asked once more where a kept connection had ended: every question only reads."""
        try:
            answer = self._request(method, path, headers, body)
        except ProtocolError:
            answer = self._request(method, path, headers, body)
        return answer.status, _read(answer)

    def _request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> urllib3.BaseHTTPResponse:
        return self._pool.request(
            method, self._url + path, body=body, headers=headers, preload_content=False, redirect=False
        )


def _read(answer: urllib3.BaseHTTPResponse) -> bytes:
    with answer:
        data = answer.read(LARGEST + 1, decode_content=True)
        if len(data) > LARGEST:
            answer.close()
            raise PictureRefused("This picture is too large to be shown whole; look at it in parts.")
        answer.drain_conn()
        return data


def _error(status: int, data: bytes) -> PicturesError:
    told = _told(data)
    if status in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
        return PictureGone(told or "There is nothing to show any more.")
    if status in {httpx.codes.BAD_REQUEST, httpx.codes.FORBIDDEN, httpx.codes.CONFLICT}:
        return PictureRefused(told or "The engine cannot show this picture.")
    return EngineAway(f"The engine answered with status {status}. {told}".strip())


def _told(data: bytes) -> str:
    """Return what an answer says to people: its message, or its faults."""
    try:
        answer = json.loads(data)
    except ValueError:
        return ""
    if not isinstance(answer, dict):
        return ""
    faults = answer.get("faults")
    said = [one.get("message") for one in faults if isinstance(one, dict)] if isinstance(faults, list) else []
    return " ".join(str(text) for text in (answer.get("message"), *said) if text)


def _known(kind: type[Known], data: bytes) -> Known:
    try:
        return TypeAdapter(kind).validate_json(data)
    except ValidationError:
        raise EngineAway("The engine's answer does not follow the contract.") from None


def _view(frame: int, side: int | None, window: Window | int | None, part: Any) -> dict[str, Any]:
    shown = asdict(window) if isinstance(window, Window) else window
    return {"frame": frame, "side": side, "window": shown, "part": None if part is None else _plain(part)}


def _plain(area: Any) -> dict[str, Any]:
    return asdict(area) if is_dataclass(area) and not isinstance(area, type) else dict(area)


def _header(text: str) -> str:
    """Return text as a header can carry it: what is no plain letter is written with its escape."""
    return text.encode("unicode_escape").decode("ascii")
