"""Records what leaves, before it leaves: no record, no release (architecture.md, step 7)."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.contract import DecisionRequest, DisclosureRequest, Intent, Subject
from consent_portal.ledger import store
from consent_portal.ledger.chain import canonical
from consent_portal.ledger.events import Draft, Event, EventType
from consent_portal.ledger.journal import Access, note
from consent_portal.ledger.payloads import Engine, Released
from consent_portal.ledger.rows import DecisionRow, DisclosureRow
from consent_portal.ledger.scope import Scope
from consent_portal.policy.model import Outcome, Reason
from consent_portal.registers.studies import Study
from consent_portal.services.context import Site
from consent_portal.services.decisions import Answer, answer, digest_of, with_role_of_now
from consent_portal.services.faults import BadRequest, Fault
from consent_portal.services.telling import tell

NO_DECISION = Reason(
    "F13", "No recorded decision permits this release; ask for a decision first and name it.", "architecture.md, step 2"
)
OTHER_REQUEST = Reason(
    "F13", "The named decision was about another request; ask for a decision about this one.", "architecture.md, step 2"
)
OTHER_PROFILE = Reason(
    "F13", "The package was not de-identified as the decision asks; it must be made again.", "S0 L115"
)
KEY_TAKEN = Reason("R57", "This key already stands for another disclosure; use a new key.", "S2 L11")
CARE = ("care",)
"""Basis of what leaves for the patient's own care: nothing is asked, everything is recorded (hazard H3)."""


class Stopped(Exception):  # noqa: N818  (named for the situation)
    """The release may not go out; `reasons` say why. Nothing was recorded."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(reason.rule for reason in reasons))


@dataclass(frozen=True)
class Disclosed:
    """The row that stands for a disclosure, and the number of its first entry."""

    disclosure: str
    seq: int


def disclose(session: Session, told: DisclosureRequest, site: Site) -> Disclosed:
    """Record a release, or a look in direct care. The same key again gives the same row.

    Parameters
    ----------
    session : Session
        A writing one: between the last decision here and the record no withdrawal can slip in.

    Raises
    ------
    Stopped
        When a withdrawal (or anything else) came since the decision, or the decision is not of this request.
    BadRequest
    """
    digest = _digest(told)
    before = session.scalar(select(DisclosureRow).where(DisclosureRow.key == told.key))
    if before is not None:
        if before.digest != digest:
            raise Stopped([KEY_TAKEN])
        return Disclosed(before.id, before.seq)
    made = str(uuid.uuid4())
    seq = _care_read(session, told) if told.kind == "care-read" else _release(session, told, made, site)
    session.add(_row(told, made, digest, seq))
    session.flush()
    return Disclosed(made, seq)


def _digest(told: DisclosureRequest) -> str:
    """Return what a key stands for; moment, decision and counts may differ when it is told again after a crash."""
    body = told.model_dump(mode="json", include={"kind", "job", "request", "profile", "package_sha256"})
    body["studies"] = sorted(subject.study_uid for subject in told.subjects)
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def _row(told: DisclosureRequest, made: str, digest: str, seq: int) -> DisclosureRow:
    return DisclosureRow(
        id=made,
        key=told.key,
        digest=digest,
        kind=told.kind,
        job=told.job,
        decision=told.decision,
        recorded_at=to_text(utc_now()),
        seq=seq,
    )


def _care_read(session: Session, told: DisclosureRequest) -> int:
    numbers = [_looked(session, told, subject) for subject in told.subjects]
    return numbers[0]


def _looked(session: Session, told: DisclosureRequest, subject: Subject) -> int:
    """Note one look; of a study that was deleted since, only its number at Orthanc is known."""
    study = tell(session, subject) if subject.study_uid else None
    detail = {"door": told.request.format, "instances": told.released, "key": told.key}
    access = Access(
        user=told.request.sender.user,
        role=told.request.sender.role,
        action="care-read",
        study_key=study.key if study else None,
        patient_key=study.patient_key if study else None,
        detail=detail if study else {**detail, "orthanc_id": subject.orthanc_id},
        at=told.at,
    )
    return note(session, access)


def _release(session: Session, told: DisclosureRequest, disclosure: str, site: Site) -> int:
    purpose = site.policy.purposes.get(told.request.purpose)
    if purpose is None:
        raise BadRequest([Fault("purpose", "This purpose is not known, so nothing can be released for it.")])
    found = [tell(session, subject) for subject in told.subjects]
    rules = CARE if purpose.is_care else _still_permitted(session, told, found, site)
    payload = _payload(told, disclosure, purpose.level_needed, rules)
    events = [_append(session, told, study, payload) for study in found]
    return events[0].seq


def _still_permitted(session: Session, told: DisclosureRequest, found: Sequence[Study], site: Site) -> tuple[str, ...]:
    """Return the rules of the answer that holds now."""
    _check_decision(session, told, found)
    now = _asked_again(session, told, site)
    if now.decision.outcome is not Outcome.PERMIT:
        raise Stopped(now.decision.reasons)
    if told.profile != now.decision.profile:
        raise Stopped([OTHER_PROFILE])
    return tuple(reason.rule for reason in now.decision.reasons)


def _check_decision(session: Session, told: DisclosureRequest, found: Sequence[Study]) -> None:
    row = session.get(DecisionRow, told.decision) if told.decision else None
    if row is None or row.outcome != str(Outcome.PERMIT) or row.job != told.job:
        raise Stopped([NO_DECISION])
    if row.request_digest != digest_of(with_role_of_now(session, told.request), [study.key for study in found]):
        raise Stopped([OTHER_REQUEST])


def _asked_again(session: Session, told: DisclosureRequest, site: Site) -> Answer:
    """Decide once more, on what the register knows of the contents."""
    asked = DecisionRequest(
        contract=1, intent=Intent.HAND_OVER, job=told.job, request=told.request, subjects=told.subjects
    )
    return answer(session, asked, site, record=False)


def _payload(told: DisclosureRequest, disclosure: str, level_needed: str, rules: tuple[str, ...]) -> Released:
    return Released(
        disclosure=disclosure,
        key=told.key,
        job=told.job,
        decision=told.decision,
        purpose=told.request.purpose,
        level_needed=level_needed,
        recipient=told.request.recipient,
        format=told.request.format,
        profile=told.profile,
        sender=told.request.sender.user,
        role=told.request.sender.role,
        reason=told.request.reason,
        released=told.released,
        excluded=told.excluded,
        quarantined=told.quarantined,
        engines=tuple(Engine(name=one.name, version=one.version) for one in told.engines),
        package_sha256=told.package_sha256,
        basis=rules,
    )


def _append(session: Session, told: DisclosureRequest, study: Study, payload: Released) -> Event:
    scope = Scope.study(study.study_uid, study.facts.accession)
    by = told.request.sender.user
    return store.append(session, Draft(EventType.RELEASED, study.patient_key, scope, payload, utc_now(), by))
