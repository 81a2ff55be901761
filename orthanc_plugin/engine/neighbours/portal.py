"""The engine's way to the consent portal. The portal decides; whatever else happens, nothing is released."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx

from orthanc_plugin.engine.errors import PORTAL, AwayError, FaultsError, NoRoomError, Reason, RefusedError
from orthanc_plugin.engine.neighbours.answered import Answered
from orthanc_plugin.engine.neighbours.answered import read as read_answered
from orthanc_plugin.engine.neighbours.called_back import CalledBack, read
from orthanc_plugin.engine.neighbours.decision import Decision, distrusted, parse
from orthanc_plugin.engine.neighbours.held_images import ImageDecisions, ImagesTold
from orthanc_plugin.engine.neighbours.held_images import read as read_images
from orthanc_plugin.engine.records import Request, Sender, Subject

Told = TypeVar("Told")
CONTRACT = 1
_SOON = 5.0
"""Seconds that a question may take which is asked again soon anyway."""


@dataclass(frozen=True)
class Portal:
    """The consent portal over HTTP.

    Parameters
    ----------
    client
        With the portal's address, its token and a time limit.
    """

    client: httpx.Client

    @classmethod
    def at(cls, url: str, token: str, timeout: float) -> "Portal":
        """Return the portal at `url`.

        Parameters
        ----------
        url
            Its address.
        token
            The bearer token (``portal-token``).
        timeout
            Seconds to wait for each answer.
        """
        headers = {"Authorization": f"Bearer {token}"}
        return cls(
            httpx.Client(base_url=url, headers=headers, timeout=timeout, follow_redirects=False, trust_env=False)
        )

    def decide(self, intent: str, job: str | None, request: Request, subjects: Sequence[Subject]) -> Decision:
        """Ask whether this may leave.

        Returns
        -------
        Decision
            A PERMIT.

        Raises
        ------
        RefusedError
            ASK, DENY, or an answer that cannot be trusted.
        FaultsError
            The portal named faults of the request.
        AwayError
            No answer, or none that could be understood.
        """
        asked = {"request": request.as_json(), "subjects": [subject.as_json() for subject in subjects]}
        body = {"contract": CONTRACT, "intent": intent, "job": job, **asked}
        answer = self._post("/api/v1/decisions", body)
        if answer.status_code == 400:
            raise FaultsError(_faults(answer))
        if answer.status_code != 200:
            raise _away(answer)
        return parse(_json(answer), [subject.study_uid for subject in subjects], datetime.now(UTC))

    def consent(self, subject: Subject, sender: Sender) -> dict[str, Any]:
        """Return the consent summary of one study.

        Raises
        ------
        AwayError
            No usable answer.
        """
        asked = {"subject": subject.as_json(), "sender": asdict(sender)}
        answer = self._post("/api/v1/consent", {"contract": CONTRACT, **asked})
        if answer.status_code != 200:
            raise _away(answer)
        value = _json(answer)
        if not isinstance(value, dict):
            raise AwayError(PORTAL)
        return value

    def disclose(self, body: dict[str, Any]) -> None:
        """Record a disclosure in the portal's ledger; the same key again records nothing new.

        Raises
        ------
        RefusedError
            A withdrawal came in between (409); nothing was recorded.
        FaultsError
            The portal will never take this; nothing was recorded.
        AwayError
            It is not known to be recorded: no record, no release.
        """
        answer = self._post("/api/v1/disclosures", {"contract": CONTRACT, **body})
        if answer.status_code == 400:
            raise FaultsError(_faults(answer))
        if answer.status_code == 409:
            raise RefusedError("deny", _reasons(answer))
        if answer.status_code != 201:
            raise _away(answer)

    def called_back(self, jobs: list[str], since: int | None) -> CalledBack:
        """Return which of these jobs may no longer leave (policy.md, combining rule 7; R19, R76).

        Parameters
        ----------
        jobs
            Their numbers.
        since
            What the last answer gave as `head`: where nothing was recorded after it, nothing is decided again. None
            lets every job be decided again.

        Raises
        ------
        AwayError
            No answer, or none that could be understood: nothing is known of any job.
        """
        return self._told("called-back", jobs, since, read)

    def answered(self, jobs: list[str], since: int | None) -> Answered:
        """Return which of these jobs, that wait for an answer, have to be decided anew; `since` as in `called_back`.

        Raises
        ------
        AwayError
            No answer, or none that could be understood: nothing is known of any job.
        """
        return self._told("answered", jobs, since, read_answered)

    def _told(
        self, what: str, jobs: list[str], since: int | None, understood: Callable[[Any, list[str]], Told | None]
    ) -> Told:
        body = {"contract": CONTRACT, "jobs": jobs, "since": since}
        answer = self._post(f"/api/v1/jobs/{what}", body, timeout=_SOON)
        found = understood(_json(answer), jobs) if answer.status_code == 200 else None
        if found is None:
            raise AwayError(PORTAL)
        return found

    def decided_images(self, studies: list[str], *, soon: bool = False) -> ImageDecisions:
        """Return what people decided about the images of these studies, and which of them wait.

        Parameters
        ----------
        studies
            Study Instance UIDs, at most `held_images.MOST`.
        soon
            The question is asked again soon anyway, so it does not wait for long.

        Raises
        ------
        FaultsError
            The portal named faults of the question.
        AwayError
            No answer, or none that could be understood: nothing is known of any image.
        """
        body = {"contract": CONTRACT, "studies": studies}
        answer = self._post("/api/v1/held-images/decisions", body, timeout=_SOON if soon else None)
        if answer.status_code == 400:
            raise FaultsError(_faults(answer))
        found = read_images(ImageDecisions, _json(answer)) if answer.status_code == 200 else None
        if found is None:
            raise _away(answer)
        return found

    def tell_images(self, body: dict[str, Any]) -> frozenset[str]:
        """Tell of images that a person has to look at; return those that nobody has decided as they are now.

        Parameters
        ----------
        body
            Job, who asked for what, and at most `held_images.MOST` images (docs/interfaces.md).

        Raises
        ------
        FaultsError
            The portal named faults of what it was told.
        AwayError
            No answer, or none that could be understood.
        """
        answer = self._post("/api/v1/held-images", {"contract": CONTRACT, **body})
        if answer.status_code == 400:
            raise FaultsError(_faults(answer))
        found = read_images(ImagesTold, _json(answer)) if answer.status_code == 200 else None
        if found is None or not {image["image"] for image in body["images"]}.issuperset(found.waiting):
            raise _away(answer)
        return frozenset(found.waiting)

    def answers(self) -> bool:
        """Say whether the portal is alive."""
        try:
            return self.client.get("/health/live").status_code == 200
        except httpx.HTTPError:
            return False

    def _post(self, path: str, body: dict[str, Any], timeout: float | None = None) -> httpx.Response:
        try:
            return self.client.post(path, json=body, timeout=timeout or httpx.USE_CLIENT_DEFAULT)
        except httpx.HTTPError:
            raise AwayError(PORTAL) from None


def _json(answer: httpx.Response) -> Any:
    """Return the JSON of an answer; what is not JSON did not come from the portal."""
    try:
        return answer.json()
    except ValueError:
        raise AwayError(PORTAL) from None


def _away(answer: httpx.Response) -> AwayError:
    """Return why there is no usable answer: the portal can write nothing, or whatever else."""
    value = _json(answer)
    full = answer.status_code == 503 and isinstance(value, dict) and value.get("because") == "room"
    return NoRoomError(PORTAL) if full else AwayError(PORTAL)


def _faults(answer: httpx.Response) -> list[tuple[str, str]]:
    value = _json(answer)
    try:
        return [(str(fault["field"]), str(fault["message"])) for fault in value["faults"]]
    except (KeyError, TypeError):
        raise AwayError(PORTAL) from None


def _reasons(answer: httpx.Response) -> list[Reason]:
    value = _json(answer)
    try:
        return [Reason(str(part["rule"]), str(part["text"]), str(part["source"])) for part in value["reasons"]]
    except (KeyError, TypeError):
        raise distrusted("its refusal names no reasons") from None
