"""What people find about who is who: two numbers of one person, a slip in the details, another person's study.

All need a writing session. Each finding is an event in every history it concerns, names who found it, why, and which
identifiers were compared, and can be undone; nothing in the ledger is moved or changed (hazards H1 and H12; ADR 0140).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from consent_portal.clock import utc_now
from consent_portal.database import SIGHT
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Draft, Event, EventType
from consent_portal.ledger.kinds.identity import COMPARED_WORDS
from consent_portal.ledger.scope import Scope
from consent_portal.registers import joining, persons, studies
from consent_portal.registers.identity import Detail, Member, Person, Version
from consent_portal.registers.sight import Sight
from consent_portal.registers.studies import Study
from consent_portal.services import no_longer_permitted, queries
from consent_portal.tasks import recalls

ENOUGH = 2
"""Identifiers that have to be compared before two records are said to be one person's, or two people's."""


@dataclass(frozen=True)
class Finding:
    """Why somebody says so, and which identifiers they compared."""

    reason: str
    compared: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Doubt:
    """A patient whose recordings disagree in their details.

    Attributes
    ----------
    differences : dict
        For each study in what it contradicts another record; empty where it contradicts none itself.
    """

    details: tuple[Detail, ...]
    differences: dict[str, tuple[Detail, ...]]
    studies: tuple[Study, ...]


def merge(session: Session, study: Study, other: Study, finding: Finding, by: str) -> Event:
    """Join the numbers of two studies as one person's.

    From then on a refusal under either number counts for both, and a consent where its scope reaches and the details
    agree. What had left under one number and was refused under the other is to be recalled.

    Returns
    -------
    Event
        The one in the history of the first study's patient.

    Raises
    ------
    Refusal
    """
    _check(finding)
    if other.patient_key in joining.joined(session, [study.patient_key]):
        raise Refusal("The two studies stand under one patient already; there is nothing to merge.")
    drafts = [_merging(study, other, finding, by), _merging(other, study, finding, by)]
    made = store.append_all(session, drafts)[0]
    _note_doubt(session, [study.patient_key])
    _ask_back(session, study)
    no_longer_permitted.recall(session, made, [study.patient_key])
    return made


def _merging(study: Study, other: Study, finding: Finding, by: str) -> Draft:
    payload = p.PatientsMerged(
        other_patient=other.patient_key,
        study_uid=study.study_uid,
        other_study_uid=other.study_uid,
        compared=finding.compared,
        reason=finding.reason,
    )
    return Draft(EventType.PATIENTS_MERGED, study.patient_key, Scope.patient(), payload, utc_now(), by)


def _ask_back(session: Session, study: Study) -> None:
    """Open recalls for what a refusal under one number means for the studies of the other."""
    for one in studies.of_patients(session, joining.joined(session, [study.patient_key])):
        for level, status in queries.status(session, one).levels.items():
            refusal = status.event if status.state.is_refusal else None
            if refusal is not None and refusal.patient_key != one.patient_key:
                about = replace(refusal, patient_key=one.patient_key, scope=Scope.study(one.study_uid))
                recalls.open_for(session, about, [level])


def unmerge(session: Session, study: Study, other: Study, reason: str, by: str) -> Event:
    """Take two numbers apart again; what was recorded since stays where it was recorded.

    Raises
    ------
    Refusal
        Where no merge joins these two numbers.
    """
    _check_reason(reason)
    ours, theirs = study.patient_key, other.patient_key
    merges = [event for event in joining.findings(session, [ours, theirs]) if _joins(event, ours, theirs)]
    if not merges:
        raise Refusal(
            "No merge joins the numbers of these two studies. See 'Joined numbers' on the page of either study for "
            "those that were joined."
        )
    made = store.append_all(session, [_unmerging(event, reason, by) for event in merges])
    _note_doubt(session, [ours, theirs])
    found = next(event for event in made if event.patient_key == ours)
    no_longer_permitted.recall(session, found, [ours, theirs])
    return found


def _joins(event: Event, one: str, other: str) -> bool:
    pair = {one, other}
    return isinstance(event.payload, p.PatientsMerged) and {event.patient_key, event.payload.other_patient} == pair


def _unmerging(merge: Event, reason: str, by: str) -> Draft:
    assert isinstance(merge.payload, p.PatientsMerged)  # noqa: S101  (`_joins` chose it)
    payload = p.PatientsUnmerged(other_patient=merge.payload.other_patient, reason=reason)
    kind = EventType.PATIENTS_UNMERGED
    return Draft(kind, merge.patient_key, Scope.patient(), payload, utc_now(), by, merge.id)


def confirm(session: Session, study: Study, same_as: str, finding: Finding, by: str) -> Event:
    """Note that the study's details are a slip: it is the same person's as one of those it contradicts.

    Holds for the details that were compared; if the archive contradicts them again, the study is in doubt again. What
    was said under earlier details counts again only where those are the details that were compared.

    Parameters
    ----------
    same_as : str
        The record it is the same person's as: the UID in the version of a `Person.opposed`. Those that are taken to be
        that person's already go with it, the others stay in doubt.

    Raises
    ------
    Refusal
        Where nothing disagrees, or the study does not disagree with that record.
    """
    _check(finding)
    person = persons.person_of(session, study)
    if not person.opposed(study.study_uid):
        raise Refusal("Nothing under this number disagrees with the study's details; there is nothing to confirm.")
    same = person.same_as(study.study_uid, same_as)
    if not same:
        raise Refusal("Choose which record this study is the same person's as, among those that it disagrees with.")
    found = [study.version, *_earlier(study, same), *(one.version for one in same)]
    versions = tuple(sorted({(one.study_uid, one.number) for one in found}))
    payload = p.IdentityConfirmed(versions=versions, compared=finding.compared, reason=finding.reason)
    scope = Scope.study(study.study_uid, study.facts.accession)
    kind = EventType.IDENTITY_CONFIRMED
    at = utc_now()
    drafts = [Draft(kind, key, scope, payload, at, by) for key in sorted(person.patient_keys)]
    made = store.append_all(session, drafts)
    _note_doubt(session, [study.patient_key])
    confirmed = next(event for event in made if event.patient_key == study.patient_key)
    no_longer_permitted.recall(session, confirmed, [study.patient_key])
    return confirmed


def _earlier(study: Study, same: Iterable[Member]) -> list[Version]:
    """Return the study's first details where they are kept, as those first registered, and were compared."""
    return [Version(study.study_uid)] if any(one.told_by == study.study_uid for one in same) else []


def separate(session: Session, study: Study, finding: Finding, by: str) -> Event:
    """Put the study under a patient of its own: it is another person's than its number says.

    As with every study that changes its patient (ADR 0106), refusals stay with it and consent is asked for again. Its
    number goes on meaning the other person.

    Raises
    ------
    Refusal
        Where it stands under a patient of its own already.
    """
    _check(finding)
    if len(studies.of_patients(session, [study.patient_key])) == 1 and not studies.has_number(session, study):
        raise Refusal("The study stands under a patient of its own already; there is nothing to separate it from.")
    before, own = study.patient_key, studies.separate(session, study.key)
    made = store.append_all(session, _separating(study, own, finding, by))
    _note_doubt(session, [before, own])
    no_longer_permitted.recall(session, made[0], [before, own])
    return made[0]


def _separating(study: Study, own: str, finding: Finding, by: str) -> list[Draft]:
    """Return the finding for both histories, the number's first."""
    scope, at = Scope.study(study.study_uid, study.facts.accession), utc_now()
    return [
        Draft(
            EventType.STUDY_SEPARATED,
            key,
            scope,
            p.StudySeparated(other_patient=other, compared=finding.compared, reason=finding.reason),
            at,
            by,
        )
        for key, other in ((study.patient_key, own), (own, study.patient_key))
    ]


def undo(session: Session, study: Study, event_id: str, reason: str, by: str) -> Event:
    """Mark a confirmation or a separation as entered in error, in every history that holds it.

    Raises
    ------
    Refusal
        Where it is neither, was undone already, or the study has moved on since.
    """
    _check_reason(reason)
    event = store.event(session, event_id)
    live = [] if event is None else joining.findings(session, _concerned(session, event))
    if event is None or event.scope.study_uid != study.study_uid or event.id not in {one.id for one in live}:
        raise Refusal("This finding was undone already, or is not of this study. Look at the study's page again.")
    if event.type is EventType.STUDY_SEPARATED:
        _move_back(session, study, event)
    written = [_undoing(one, reason, by) for one in live if _is_same_finding(one, event)]
    made = store.append_all(session, written)
    _note_doubt(session, _concerned(session, event))
    found = next(one for one in made if one.supersedes == event.id)
    no_longer_permitted.recall(session, found, _concerned(session, event))
    return found


def _concerned(session: Session, event: Event) -> frozenset[str]:
    other = event.payload.other_patient if isinstance(event.payload, p.StudySeparated) else ""
    return joining.joined(session, [event.patient_key, other])


def _is_same_finding(one: Event, event: Event) -> bool:
    same = one.type is event.type and one.scope.study_uid == event.scope.study_uid
    return same and one.effective_at == event.effective_at


def _undoing(event: Event, reason: str, by: str) -> Draft:
    payload = p.Invalidated(reason=reason)
    return Draft(EventType.INVALIDATED, event.patient_key, event.scope, payload, utc_now(), by, event.id)


def _move_back(session: Session, study: Study, event: Event) -> None:
    assert isinstance(event.payload, p.StudySeparated)  # noqa: S101  (`undo` asked)
    pair = {event.patient_key, event.payload.other_patient}
    if study.patient_key not in pair or not studies.move_back(session, study.key, pair - {study.patient_key}):
        raise Refusal("The study has got another number since it was separated; there is nothing to undo.")


def doubtful(session: Session) -> list[Doubt]:
    """Return every patient whose recordings disagree in their details: the work-list 'Details disagree'."""
    found: dict[frozenset[str], Doubt] = {}
    for key in studies.in_doubt(session):
        person = persons.person_of_patient(session, key)
        if person.patient_keys not in found and person.doubt:
            found[person.patient_keys] = _doubt(session, person)
    return [doubt for doubt in found.values() if doubt.studies]  # without any that whoever asks may see, not theirs


def doubt_about(session: Session, study: Study) -> Doubt | None:
    """Return what is in doubt about the patient of a study; None where this may be one person."""
    person = persons.person_of(session, study)
    return _doubt(session, person) if person.doubt else None


def opposed(session: Session, study: Study) -> list[Member]:
    """Return what the study contradicts, one record for each of the details: to choose whose it is (`confirm`)."""
    person = persons.person_of(session, study)
    told = [one for one in person.opposed(study.study_uid) if _may_be_seen(session, one)]
    return list({one.details: one for one in reversed(told)}.values())[::-1]


def _may_be_seen(session: Session, record: Member) -> bool:
    """Whether the details are not those of a recording that whoever asks may not see (ADR 0153)."""
    sight = session.info.get(SIGHT)
    uid = record.told_by or record.version.study_uid
    return not isinstance(sight, Sight) or not sight.unseen_uids(session, [uid])


def _doubt(session: Session, person: Person) -> Doubt:
    known = studies.of_patients(session, person.patient_keys)
    differences = {study.key: person.doubt_about(study.study_uid) for study in known}
    return Doubt(person.doubt, differences, tuple(known))


def _note_doubt(session: Session, patient_keys: Iterable[str]) -> None:
    for key in joining.joined(session, patient_keys):
        studies.note_doubt(session, key, in_doubt=persons.person_of_patient(session, key).is_in_doubt)


def _check(finding: Finding) -> None:
    _check_reason(finding.reason)
    if len(set(finding.compared) & set(COMPARED_WORDS)) < ENOUGH:
        raise Refusal(
            "Compare at least two identifiers of the person besides this number, such as name and date of birth, and "
            "say which (hazard H1)."
        )


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal("Say why; the reason stays in both histories.")
