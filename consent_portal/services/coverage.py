"""What stays agreed: the studies of a person, and of others who may be the same, each with what stands for it.

Whoever withdraws sees them before and after, since a person takes back consent and not a row (R19, R40; hazard H8).
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from consent_portal.database import Database
from consent_portal.ledger.levels import SECONDARY, Level, LevelState
from consent_portal.registers import joining, persons, studies
from consent_portal.registers.studies import Study
from consent_portal.services import queries


@dataclass(frozen=True, repr=False)
class StudyConsent:
    """A study with the answer that stands for each level beyond the record."""

    study: Study
    states: dict[Level, LevelState]

    @property
    def agreed(self) -> tuple[Level, ...]:
        """Return the levels beyond the record that stand agreed."""
        return tuple(level for level, state in self.states.items() if state is LevelState.ACCEPTED)


@dataclass(frozen=True, repr=False)
class OtherPatient:
    """Another patient who may be the same person, with the newest study first."""

    patient_key: str
    studies: tuple[StudyConsent, ...]


def of_person(session: Session, study: Study) -> list[StudyConsent]:
    """Return every study under the numbers of the study's patient, newest first."""
    return _of_patient(session, study.patient_key)


def of_others(session: Session, study: Study) -> list[OtherPatient]:
    """Return those who may be the same person, whom nobody has joined or told apart."""
    return [
        OtherPatient(other.patient_key, tuple(_of_patient(session, other.patient_key)))
        for other in persons.candidates(session, study)
    ]


def elsewhere(database: Database, patient_key: str) -> int:
    """Return how many recordings of the patient whoever asks may not see: what is said of all reaches them too (H8)."""
    with database.reading() as session:
        seen = len(_all_of(session, patient_key))
    with database.reading(whole=True) as session:
        return len(_all_of(session, patient_key)) - seen


def _all_of(session: Session, patient_key: str) -> list[Study]:
    return studies.of_patients(session, joining.joined(session, [patient_key]))


def _of_patient(session: Session, patient_key: str) -> list[StudyConsent]:
    return [_consent(session, study) for study in _all_of(session, patient_key)]


def _consent(session: Session, study: Study) -> StudyConsent:
    status = queries.status(session, study)
    return StudyConsent(study, {level: status.state(level) for level in SECONDARY})
