"""What a withdrawal covers and what it does not: every study of the person, and those who may be the same (R19, H8)."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from consent_portal.registers.studies import Study
from consent_portal.services import coverage
from consent_portal.services.coverage import StudyConsent
from consent_portal.web.frame.templating import day
from consent_portal.web.identity.patient_words import PatientView
from consent_portal.web.identity.study_words import StudyView, study_view


@dataclass(frozen=True, repr=False)
class RecordedStudy:
    """A study with the labels of the levels that stand agreed."""

    study: StudyView
    labels: tuple[str, ...]
    is_this: bool

    @property
    def agreed(self) -> str:
        """Return them as one text."""
        return "; ".join(self.labels)


@dataclass(frozen=True, repr=False)
class OtherNumber:
    """A patient under another number who may be the same person."""

    key: str
    patient: PatientView
    studies: tuple[RecordedStudy, ...]

    @property
    def words(self) -> str:
        """Return who it is and how much is agreed to, to choose by."""
        agreed = sum(bool(record.agreed) for record in self.studies)
        born = _("born %(day)s", day=day(self.patient.birth_date)) if self.patient.birth_date else ""
        numbers = [f"{number.label} {number.value}" for number in self.patient.numbers]
        counted = _("%(agreed)d of %(all)d studies agreed to", agreed=agreed, all=len(self.studies))
        return ", ".join(part for part in (self.patient.name, *numbers, born, counted) if part)


@dataclass(frozen=True, repr=False)
class Reach:
    """The studies of a person, and of others who may be the same."""

    own: tuple[RecordedStudy, ...]
    others: tuple[OtherNumber, ...]

    @property
    def everything(self) -> tuple[RecordedStudy, ...]:
        """Return all of them."""
        return (*self.own, *(record for other in self.others for record in other.studies))

    @property
    def agreed(self) -> int:
        """Return how many of them stand agreed for some use beyond the patient's care."""
        return sum(bool(record.agreed) for record in self.everything)

    @property
    def agreed_words(self) -> str:
        """Return the levels that stand agreed for any of them."""
        return "; ".join(dict.fromkeys(label for record in self.everything for label in record.labels))

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Return the other numbers to choose from."""
        return [(other.key, other.words) for other in self.others]


def reach_of(session: Session, study: Study) -> Reach:
    """Return what a withdrawal that is told of at `study` may be meant to cover."""
    return Reach(
        own=tuple(_recorded(record, study) for record in coverage.of_person(session, study)),
        others=tuple(_other(other, study) for other in coverage.of_others(session, study)),
    )


def _other(other: coverage.OtherPatient, study: Study) -> OtherNumber:
    records = tuple(_recorded(record, study) for record in other.studies)
    return OtherNumber(other.patient_key, records[0].study.patient, records)


def _recorded(record: StudyConsent, study: Study) -> RecordedStudy:
    labels = tuple(level.label for level in record.agreed)
    return RecordedStudy(study_view(record.study), labels, record.study.key == study.key)
