"""Whose recordings a person may see, where departments are switched on (assurance F4, ADR 0153).

A session that only reads carries the sight of whoever asks (`consent_portal.database.SIGHT`). Whatever loads a study
from it finds the person's own departments' and nobody's, and no other. What the rules count (`registers.persons`, the
ledger of a person) is never narrowed: what a patient said holds for everybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from consent_portal.ledger.events import Event
from consent_portal.registers.departments import unpacked
from consent_portal.registers.rows import StudyRow

AT_ONCE = 500


WHOLE = frozenset({"caldicott-guardian", "administrator"})
"""Roles that see every department's unless given one: the Guardian answers for all, the other sees no patients."""


def sight_of(user: str, role: str, departments: str, version: str) -> "Sight | None":
    """Return what somebody of a role and departments may see; None for everything."""
    own = unpacked(departments)
    return None if not own and role in WHOLE else Sight(user, own, version)


@dataclass(frozen=True)
class Sight:
    """What one person may see.

    Attributes
    ----------
    version : str
        Of the rules (`Departments.version`): a study whose departments were found by others is nobody's to see yet.
    """

    user: str
    departments: frozenset[str]
    version: str

    def sees(self, departments: str, version: str) -> bool:
        """Whether a study of these departments, found by rules of that version, may be seen."""
        of = unpacked(departments)
        return version == self.version and (not of or bool(of & self.departments))

    def condition(self) -> ColumnElement[bool]:
        """Return the same for the study's table."""
        padded = " " + StudyRow.departments + " "
        own = [padded.contains(f" {key} ", autoescape=True) for key in sorted(self.departments)]
        return and_(StudyRow.departments_by == self.version, or_(StudyRow.departments == "", *own))

    def unseen_studies(self, session: Session, keys: Iterable[str]) -> set[str]:
        """Return those of these register keys that stand for studies which may not be seen."""
        return {key for key, _uid, _patient in self._unseen(session, StudyRow.key, keys)}

    def unseen_uids(self, session: Session, uids: Iterable[str]) -> set[str]:
        """Return those of these Study Instance UIDs that are of studies which may not be seen."""
        return {uid for _key, uid, _patient in self._unseen(session, StudyRow.study_uid, uids)}

    def unseen_patients(self, session: Session, keys: Iterable[str]) -> set[str]:
        """Return those of these patients who have recordings, but none that may be seen."""
        asked = list(keys)
        unseen = {patient for _key, _uid, patient in self._unseen(session, StudyRow.patient_key, asked)}
        seen: set[str] = set()
        for some in _parts(asked):
            query = select(StudyRow.patient_key).where(StudyRow.patient_key.in_(some), self.condition())
            seen.update(session.scalars(query))
        return unseen - seen

    def events(self, session: Session, events: Iterable[Event]) -> list[Event]:
        """Return the events that are of a study, or else of a patient, who may be seen; or about no patient."""
        told = list(events)
        uids = self.unseen_uids(session, {event.scope.study_uid for event in told if event.scope.study_uid})
        wide = {event.patient_key for event in told if event.patient_key and not event.scope.study_uid}
        patients = self.unseen_patients(session, wide)
        return [event for event in told if not (event.scope.study_uid in uids or _is_wide_of(event, patients))]

    def _unseen(self, session: Session, column: object, values: Iterable[str]) -> list[tuple[str, str, str]]:
        told: list[tuple[str, str, str]] = []
        for some in _parts(values):
            query = select(
                StudyRow.key, StudyRow.study_uid, StudyRow.patient_key, StudyRow.departments, StudyRow.departments_by
            ).where(column.in_(some))  # type: ignore[attr-defined]  # one of the columns above
            told += [(key, uid, patient) for key, uid, patient, *of in session.execute(query) if not self.sees(*of)]
        return told


def _is_wide_of(event: Event, patients: set[str]) -> bool:
    return not event.scope.study_uid and event.patient_key in patients


def _parts(values: Iterable[str]) -> Iterable[list[str]]:
    listed = sorted(set(values) - {""})
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))
