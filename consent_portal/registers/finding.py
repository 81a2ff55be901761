"""Finds studies in the portal's own register, whatever the spelling (hazard H1, ADR 0138)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from consent_portal.registers import joining, name_index, names, numbers
from consent_portal.registers.rows import IdentifierRow, StudyRow
from consent_portal.registers.studies import Study, by_rows, date_spellings, dicom_date

WILD = frozenset("*?")


@dataclass(frozen=True, repr=False)
class Criteria:
    """What somebody knows of a study or its patient; what is empty is not asked for.

    Attributes
    ----------
    numbers : tuple of str
        Of the patient, as typed; with a ``*`` or ``?`` in it, a pattern for the archive alone.
    start, end : date or None
        Between which days the study was made.
    """

    numbers: tuple[str, ...] = ()
    name: str = ""
    birth_date: date | None = None
    accession: str = ""
    start: date | None = None
    end: date | None = None
    modality: str = ""

    def fits(self, study: Study) -> bool:
        """Whether the study's own details are those that were asked for."""
        made = study.item.study_date
        return (
            all(_same_number(typed, study.patient.id) for typed in self.numbers)
            and names.matches(self.name, study.patient.name)
            and (self.birth_date is None or study.birth_date == self.birth_date)
            and (not self.accession or _plain(self.accession) == _plain(study.facts.accession))
            and (self.start is None or (made is not None and made >= self.start))
            and (self.end is None or (made is not None and made <= self.end))
        )


def find(session: Session, criteria: Criteria, limit: int) -> list[Study]:
    """Return studies of the register that fit, newest first: also those that Orthanc no longer has."""
    conditions = [*_of_person(session, criteria), *_of_study(criteria)]
    if not conditions:
        return []
    query = select(StudyRow).where(and_(*conditions)).order_by(StudyRow.date.desc()).limit(limit)
    return [study for study in by_rows(session.scalars(query)) if _is_of(study, criteria)]


def alike_in_sound(session: Session, name: str, limit: int) -> list[Study]:
    """Return studies whose patient's name sounds like what was typed: a hint for whoever found nothing."""
    codes = names.sounds_typed(name)
    if not codes:
        return []
    query = select(StudyRow).where(name_index.sound_so(session, codes))
    sounds = (StudyRow.name_sounds.contains(f" {code} ") for code in codes)
    return by_rows(session.scalars(query.where(*sounds).order_by(StudyRow.date.desc()).limit(limit)))


def _of_person(session: Session, criteria: Criteria) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for typed in criteria.numbers:
        value = numbers.identifier(typed, "").value
        owners = session.scalars(select(IdentifierRow.patient_key).where(IdentifierRow.value == value))
        keys = list(joining.joined(session, owners))
        conditions.append(or_(StudyRow.patient_key.in_(keys), StudyRow.separated_from.in_(keys)))
    ways = names.ways_typed(criteria.name)
    if ways:
        conditions.append(name_index.begin_words(session, ways))
        conditions.append(or_(*(and_(*(_has_word(word) for word in way)) for way in ways)))
    if criteria.birth_date:
        conditions.append(StudyRow.birth_date.in_(date_spellings(criteria.birth_date)))
    return conditions


def _has_word(word: str) -> ColumnElement[bool]:
    return StudyRow.name_words.contains(f" {word}", autoescape=True)


def _of_study(criteria: Criteria) -> list[ColumnElement[bool]]:
    return [StudyRow.accession == criteria.accession] if criteria.accession else []


def _is_of(study: Study, criteria: Criteria) -> bool:
    """Whether the study's day and modality fit, as far as the register knows them."""
    modalities = {content.modality for content in study.contents}
    made = study.item.study_date or dicom_date(study.facts.date)
    return (
        (not criteria.modality or criteria.modality in modalities)
        and (criteria.start is None or (made is not None and made >= criteria.start))
        and (criteria.end is None or (made is not None and made <= criteria.end))
    )


def _same_number(typed: str, told: str) -> bool:
    return bool(WILD & set(typed)) or numbers.normal(typed) == numbers.normal(told)


def _plain(text: str) -> str:
    return text.strip().casefold()
