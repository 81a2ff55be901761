"""The gate's pages: the form, what became of it, and where a program's answer becomes a page because a browser asks."""

import json
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from orthanc_plugin.gate.answers import Answer, see_other
from orthanc_plugin.gate.engine_client import EngineUnavailableError
from orthanc_plugin.gate.export_routes import BROKEN_OFF, NO_ROOM, ExportRoutes
from orthanc_plugin.gate.guard import Request
from orthanc_plugin.gate.handover import LARGE_BYTES, HandOver
from orthanc_plugin.gate.loopback import Loopback, LoopbackError
from orthanc_plugin.gate.pages.form import export_of, form_page, read_form
from orthanc_plugin.gate.pages.layout import wants_html
from orthanc_plugin.gate.pages.markup import Markup, el
from orthanc_plugin.gate.pages.outcome import Contacts, away_page, job_page, message_page, refusal_page
from orthanc_plugin.gate.roles import Principal

_WISHED = ("purpose", "recipient")
"""What an address may fill in: words of ours, and nothing about a patient."""
_NOT_A_FORM = "What was sent is not the form of this page. Please fill it in again."


@dataclass(frozen=True)
class PageRoutes:
    """Answers for people.

    Attributes
    ----------
    exports
        Asks the engine.
    loopback
        Names the patient to whoever may know.
    contacts
        Whom a refusal names.
    hand_over
        Takes large packages where Orthanc cannot stream an answer of ours; None where it can.
    """

    exports: ExportRoutes
    loopback: Loopback
    contacts: Contacts
    hand_over: HandOver | None = None

    def new(self, principal: Principal, study: str, wish: Mapping[str, str]) -> Answer:
        """Return the form for a study, with the purpose and recipient of the address filled in."""
        return self._form(principal, study, {name: wish[name] for name in _WISHED if name in wish})

    def request(self, principal: Principal, asked: Request, body: bytes) -> Answer:
        """Answer ``POST /export``: a form with a page, anything else as JSON."""
        if not asked.headers.get("content-type", "").startswith("application/x-www-form-urlencoded") or not wants_html(
            asked.headers
        ):
            return self.exports.request(principal, body)
        try:
            values = read_form(body)
        except ValueError:
            return message_page(HTTPStatus.BAD_REQUEST, {"message": _NOT_A_FORM})
        return self._submitted(principal, values)

    def job(self, principal: Principal, asked: Request, job: str) -> Answer:
        """Answer ``GET /export/{job}``: as a page for browsers."""
        answer = self.exports.job(principal, job)
        if not wants_html(asked.headers):
            return answer
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            return away_page(job)
        content = _content(answer)
        if answer.status != HTTPStatus.OK:
            return message_page(answer.status, content)
        return job_page(job, content, self._images(principal))

    def _images(self, principal: Principal) -> str | None:
        """Return where the portal lists images that wait for a person, for roles of direct care, who look at them."""
        portal = self.contacts.portal_url
        return f"{portal.rstrip('/')}/images" if portal and principal.role.direct_care else None

    def package(self, principal: Principal, asked: Request, job: str) -> Answer:
        """Answer ``GET /export/{job}/package``: its refusals as a page for browsers."""
        if not wants_html(asked.headers):
            return self.exports.package(principal, job)
        size = self._size(principal, job)
        if self.hand_over is None or size <= LARGE_BYTES:
            return self._package_page(principal, job, None)
        try:
            with self.hand_over.room(size) as token:
                return self._package_page(principal, job, token)
        except OSError:
            return message_page(HTTPStatus.SERVICE_UNAVAILABLE, {"message": NO_ROOM})

    def _size(self, principal: Principal, job: str) -> int:
        """Return how large the package is in bytes, 0 where nobody tells."""
        answer = self.exports.job(principal, job)
        return int(_content(answer).get("package_bytes") or 0) if answer.status == HTTPStatus.OK else 0

    def _package_page(self, principal: Principal, job: str, token: str | None) -> Answer:
        answer = self.exports.package(principal, job)
        if answer.status == HTTPStatus.OK:
            return self._handed_over(principal, answer, token)
        content = _content(answer)
        if "outcome" in content:
            return refusal_page(answer.status, content, None, self.contacts)
        return message_page(answer.status, content)

    def _handed_over(self, principal: Principal, answer: Answer, token: str | None) -> Answer:
        """Return the package itself, or the way to it where it is large and Orthanc cannot stream our answer."""
        size = int(answer.headers.get("Content-Length", 0))
        if self.hand_over is None or answer.chunks is None or size <= LARGE_BYTES:
            return answer
        try:
            with nullcontext(token) if token else self.hand_over.room(size) as place:
                return self.hand_over.leave(principal.user, place, answer, answer.chunks)
        except (OSError, EngineUnavailableError):  # no room here, or the engine went away in the middle
            return message_page(HTTPStatus.SERVICE_UNAVAILABLE, {"message": BROKEN_OFF})

    def _submitted(self, principal: Principal, values: Mapping[str, str]) -> Answer:
        asked = export_of(values)
        answer = self.exports.submit(principal, asked)
        content = _content(answer)
        study = asked["studies"][0] if asked["studies"] else ""
        if answer.status == HTTPStatus.ACCEPTED:
            return see_other(content["href"])
        if answer.status == HTTPStatus.BAD_REQUEST:
            faults = [(str(row.get("field", "")), str(row.get("message", ""))) for row in content.get("faults", ())]
            return self._form(principal, study, values, faults)
        if answer.status == HTTPStatus.FORBIDDEN:
            return refusal_page(answer.status, content, self._back(principal, study), self.contacts)
        return message_page(answer.status, content, self._back(principal, study))

    def _form(
        self,
        principal: Principal,
        study: str,
        values: Mapping[str, str] | None = None,
        faults: list[tuple[str, str]] | None = None,
    ) -> Answer:
        summary = self.exports.consent(principal, study)
        if summary.status != HTTPStatus.OK:
            return message_page(summary.status, _content(summary), self._back(principal, study))
        return form_page(study, _content(summary), self._who(principal, study), values=values, faults=faults or ())

    @staticmethod
    def _back(principal: Principal, study: str) -> str | None:
        return study if principal.role.direct_care else None

    def _who(self, principal: Principal, study: str) -> Markup | None:
        """Return whose study it is, for a role that may read it anyway (H1: never the wrong patient)."""
        if not principal.role.direct_care:
            return None
        try:
            found = self.loopback.call("GET", f"/studies/{study}")
        except LoopbackError:
            return None
        patient, tags = found.get("PatientMainDicomTags", {}), found.get("MainDicomTags", {})
        lines = (
            str(patient.get("PatientName", "")).replace("^", " "),
            f"Number {patient.get('PatientID', '')}, born {_date(patient.get('PatientBirthDate', ''))}",
            f"{tags.get('StudyDescription', 'Study')} of {_date(tags.get('StudyDate', ''))}",
        )
        return el("div", *(el("div", line) for line in lines), class_="who")


def _date(text: str) -> str:
    """Return a DICOM date (PS3.5 6.2, YYYYMMDD) as people write it."""
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return "an unknown date"
    return f"{day.day} {day:%B %Y}"


def _content(answer: Answer) -> dict[str, Any]:
    content = json.loads(answer.body) if answer.body else {}
    return content if isinstance(content, dict) else {}
