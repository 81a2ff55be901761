"""What the portal asks of Orthanc: find studies, and say what a study is. Tags only, never pixels.

Answers are `Subject`s as in docs/contract. No name or number is ever put into a log or an error's text.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

from consent_portal.contract import Content, Patient, StudyFacts, Subject
from consent_portal.orthanc_http import NoAnswer, NoSuchThing, OrthancHttp
from consent_portal.portal_settings import PortalSettings
from consent_portal.registers.departments import Marks, folded

TIMEOUT_SECONDS = 30.0  # a busy machine needs many; an Orthanc that is not there says so at once
STUDY_TAGS = ("StudyInstanceUID", "StudyDate", "AccessionNumber", "StudyDescription", "PatientID", "PatientName")


@dataclass(frozen=True, repr=False)
class Series:
    """What tells one series of a study from another."""

    series_uid: str
    number: str
    modality: str
    description: str


@dataclass(frozen=True, repr=False)
class Image:
    """What tells one image of a study from another."""

    instance_uid: str
    number: str


class OrthancAway(Exception):  # noqa: N818  (named for the situation)
    """Orthanc did not answer, or not as expected; try again when it is back."""


class OrthancClient:
    """Searches and reads tags with the portal's own user.

    Parameters
    ----------
    url, user, password : str
        Of Orthanc's HTTP interface.
    """

    def __init__(self, url: str, user: str, password: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._client = OrthancHttp(url, user, password, timeout)

    @classmethod
    def from_settings(cls, portal: PortalSettings) -> Self:
        """Return a client as the settings say."""
        return cls(portal.orthanc_url, portal.orthanc_user, portal.orthanc_password)

    def is_alive(self) -> bool:
        """Whether Orthanc answers."""
        try:
            self._get("/system")
        except (OrthancAway, LookupError):
            return False
        return True

    def find_studies(self, query: Mapping[str, str], limit: int = 50) -> list[Subject]:
        """Return the studies that match, newest first, without their contents.

        Parameters
        ----------
        query : mapping
            DICOM keywords to values, with ``*`` as wildcard: ``{"PatientName": "DOE*", "StudyDate": "20240101-"}``.

        Raises
        ------
        OrthancAway
        """
        found = [_subject(answer, ()) for answer in self._find(query, limit)]
        return sorted(found, key=lambda subject: subject.study.date, reverse=True)

    def _find(self, query: Mapping[str, str], limit: int) -> list[Mapping[str, Any]]:
        body = {"Level": "Study", "Query": dict(query), "Expand": True, "Limit": limit, "CaseSensitive": False}
        answers: list[Mapping[str, Any]] = _answered(lambda: self._client.find(body))
        return answers

    def study_by_uid(self, study_uid: str) -> Subject | None:
        """Return the study of that UID with its contents, None when Orthanc has no such study.

        Raises
        ------
        OrthancAway
        """
        found = self._find({"StudyInstanceUID": study_uid}, limit=1)  # it says all that the study's own route says
        try:
            return self._with_contents(found[0]) if found else None
        except LookupError:
            return None

    def study(self, orthanc_id: str) -> Subject | None:
        """Return the study with its contents, None when Orthanc has no such study.

        Raises
        ------
        OrthancAway
        """
        try:
            return self._with_contents(self._get(f"/studies/{quote(orthanc_id)}"))
        except LookupError:
            return None

    def _with_contents(self, answer: Mapping[str, Any]) -> Subject:
        series = self._series_of(str(answer["ID"]))
        return _subject(answer, [self._content(one) for one in series])

    def marks(self, study_uid: str, *, with_ae_title: bool) -> list[Marks] | None:
        """Return what each series of the study says of where it was made, None when Orthanc has no such study.

        Parameters
        ----------
        with_ae_title : bool
            Whether to ask from where it was sent too, which is a question more for each series.

        Raises
        ------
        OrthancAway
        """
        found = self.find_studies({"StudyInstanceUID": study_uid}, limit=1)
        try:
            series = self._series_of(found[0].orthanc_id)
            return [self._marks(one, with_ae_title=with_ae_title) for one in series]
        except LookupError:
            return None

    def _marks(self, series: Mapping[str, Any], *, with_ae_title: bool) -> Marks:
        tags = self._first_instance(series["Instances"]) if series.get("Instances") else {}
        return Marks(
            department=folded(_text(tags, "InstitutionalDepartmentName")),
            modality=folded(_text(tags, "Modality")),
            station=folded(_text(tags, "StationName")),
            ae_title=folded(self._sent_from(series["Instances"][0])) if with_ae_title and tags else "",
        )

    def _sent_from(self, instance: str) -> str:
        """Return the AE title that an instance was sent from; empty where it came in another way."""
        told = self._get(f"/instances/{quote(instance)}/metadata?expand=true")
        return str(told.get("RemoteAET", ""))

    def series(self, orthanc_id: str) -> list[Series]:
        """Return the series of a study, in the order of their numbers.

        Raises
        ------
        OrthancAway
        LookupError
            When Orthanc has no such study.
        """
        found = self._series_of(orthanc_id)
        tags = [one.get("MainDicomTags", {}) for one in found]
        return sorted((_series(one) for one in tags), key=lambda one: (len(one.number), one.number))

    def images(self, orthanc_id: str) -> list[Image]:
        """Return the images of a study, in the order of their numbers.

        Raises
        ------
        OrthancAway
        LookupError
            When Orthanc has no such study.
        """
        found = self._get(f"/studies/{quote(orthanc_id)}/instances?expand=true")
        tags = [one.get("MainDicomTags", {}) for one in found]
        images = (Image(_text(one, "SOPInstanceUID"), _text(one, "InstanceNumber")) for one in tags)
        return sorted((one for one in images if one.instance_uid), key=lambda one: (len(one.number), one.number))

    def _content(self, series: Mapping[str, Any]) -> Content:
        tags = self._first_instance(series["Instances"]) if series.get("Instances") else {}
        main = series.get("MainDicomTags", {})
        return Content(
            sop_class_uid=_text(tags, "SOPClassUID"),
            modality=_text(main, "Modality") or _text(tags, "Modality"),
            body_part=_text(main, "BodyPartExamined") or _text(tags, "BodyPartExamined"),
            image_type=tuple(part for part in _text(tags, "ImageType").split("\\") if part),
            slice_thickness=_number(_text(tags, "SliceThickness")),
            count=len(series.get("Instances", ())),
        )

    def _first_instance(self, ids: Iterable[str]) -> Mapping[str, Any]:
        first = next(iter(ids))
        tags: Mapping[str, Any] = self._get(f"/instances/{quote(first)}/simplified-tags")
        return tags

    def _series_of(self, orthanc_id: str) -> list[Mapping[str, Any]]:
        series: list[Mapping[str, Any]] = self._get(f"/studies/{quote(orthanc_id)}/series?expand=true")
        return series

    def _get(self, path: str) -> Any:
        return _answered(lambda: self._client.get(path))


def _answered(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except NoSuchThing as error:
        raise LookupError(str(error)) from None
    except NoAnswer as error:
        raise OrthancAway(str(error)) from None


def _subject(answer: Mapping[str, Any], contents: Iterable[Content]) -> Subject:
    study, patient = answer.get("MainDicomTags", {}), answer.get("PatientMainDicomTags", {})
    return Subject(
        study_uid=_text(study, "StudyInstanceUID"),
        orthanc_id=str(answer["ID"]),
        patient=Patient(
            id=_text(patient, "PatientID"),
            issuer=_text(patient, "IssuerOfPatientID"),
            name=_text(patient, "PatientName"),
            birth_date=_text(patient, "PatientBirthDate"),
            sex=_text(patient, "PatientSex"),
        ),
        study=StudyFacts(
            date=_text(study, "StudyDate"),
            accession=_text(study, "AccessionNumber"),
            description=_text(study, "StudyDescription"),
        ),
        contents=tuple(contents),
    )


def _series(tags: Mapping[str, Any]) -> Series:
    keywords = ("SeriesInstanceUID", "SeriesNumber", "Modality", "SeriesDescription")
    return Series(*(_text(tags, keyword) for keyword in keywords))


def _text(tags: Mapping[str, Any], keyword: str) -> str:
    value = tags.get(keyword)
    return value.strip(" \0") if isinstance(value, str) else ""


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
