"""Records of a person beside each other, as the pages of identity show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import Event
from consent_portal.ledger.kinds import KINDS
from consent_portal.registers.identity import Detail, Details, differences
from consent_portal.registers.studies import Study
from consent_portal.services.identity import Doubt
from consent_portal.web.frame.templating import day, moment
from consent_portal.web.identity.patient_words import SEX, PatientView, person_name
from consent_portal.web.identity.study_words import StudyView, study_view


@dataclass(frozen=True, repr=False)
class RecordView:
    """One study with in what it disagrees."""

    study: StudyView
    disagrees: str


@dataclass(frozen=True, repr=False)
class PersonView:
    """A patient whose details disagree, for the work-list."""

    key: str
    disagrees: str
    records: tuple[RecordView, ...]


@dataclass(frozen=True, repr=False)
class FindingView:
    """What somebody found, with what can be undone of it."""

    id: str
    title: str
    reason: str
    by: str
    when: str
    study_key: str
    other_study_key: str


@dataclass(frozen=True, repr=False)
class Line:
    """One detail of two records beside each other."""

    label: str
    one: str
    other: str
    differs: bool = False
    agrees: bool = False


def detail_words(details: Iterable[Detail]) -> str:
    """Return in what records disagree, in words; never the values."""
    words = {
        Detail.BIRTH_DATE: _("date of birth"),
        Detail.SEX: _("sex"),
        Detail.NAME: _("name"),
        Detail.PERSON: _("person, as somebody found"),
    }
    return ", ".join(words[detail] for detail in details)


def person_view(doubt: Doubt) -> PersonView:
    """Return a patient in doubt."""
    records = tuple(record_views(doubt.studies, doubt.differences))
    return PersonView(doubt.studies[0].patient_key, detail_words(doubt.details), records)


def record_views(found: Iterable[Study], differing: dict[str, tuple[Detail, ...]]) -> list[RecordView]:
    """Return studies with in what each disagrees."""
    return [RecordView(study_view(study), detail_words(differing.get(study.key, ()))) for study in found]


def compared(one: Study, other: Study) -> list[Line]:
    """Return two records beside each other."""
    mine, theirs = study_view(one).patient, study_view(other).patient
    differing = differences(one.details, other.details)
    return [
        _line(_("Name"), mine.name, theirs.name, differs=Detail.NAME in differing),
        _line(_("Date of birth"), _born(one.details), _born(other.details), differs=Detail.BIRTH_DATE in differing),
        _line(_("Sex"), mine.sex, theirs.sex, differs=Detail.SEX in differing),
        Line(_("Number"), _numbers(mine), _numbers(theirs), agrees=_numbers(mine) == _numbers(theirs)),
    ]


def details_words(details: Details) -> str:
    """Return what a record says of the person, on one line."""
    born = _("born %(day)s", day=day(details.birth_date)) if details.birth_date else _("date of birth not recorded")
    name = person_name(details.name) or _("Name not recorded")
    return " · ".join(part for part in (name, born, _(SEX.get(details.sex, details.sex))) if part)


def _line(label: str, one: str, other: str, *, differs: bool) -> Line:
    return Line(label, one, other, differs, agrees=bool(one and other) and not differs)


def _numbers(patient: PatientView) -> str:
    return ", ".join(f"{number.label} {number.value}" for number in patient.numbers)


def _born(details: Details) -> str:
    return day(details.birth_date)


def finding_views(events: Iterable[Event], keys: dict[str, str]) -> list[FindingView]:
    """Return what was found, each finding once although it stands in two histories.

    Parameters
    ----------
    keys : dict
        Register keys of the studies by their UIDs.
    """
    once = {(event.type, event.scope.study_uid, _studies(event)): event for event in reversed(list(events))}
    return [_finding(event, keys) for event in once.values()]


def _studies(event: Event) -> frozenset[str]:
    if isinstance(event.payload, p.PatientsMerged):
        return frozenset({event.payload.study_uid, event.payload.other_study_uid})
    return frozenset({event.scope.study_uid})


def _finding(event: Event, keys: dict[str, str]) -> FindingView:
    payload: Any = event.payload
    merged = isinstance(payload, p.PatientsMerged)
    return FindingView(
        id=event.id,
        title=_(KINDS[event.type].title),
        reason=payload.reason,
        by=event.recorded_by,
        when=moment(event.recorded_at),
        study_key=keys.get(payload.study_uid if merged else event.scope.study_uid, ""),
        other_study_key=keys.get(payload.other_study_uid, "") if merged else "",
    )
