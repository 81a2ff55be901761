"""Answers a request: gathers the facts, decides, and (unless it is only a preview) records the answer.

An "ask" opens a question with its own page; a permit that owes a second reviewer opens that review for the job.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.contract import DecisionRequest, Intent, Request, Subject
from consent_portal.ledger import evidence, store
from consent_portal.ledger.chain import canonical
from consent_portal.ledger.rows import DecisionRow
from consent_portal.policy.decide import decide
from consent_portal.policy.facts import RequestFacts, SubjectFacts
from consent_portal.policy.model import Decision, Outcome, Policy, Reason
from consent_portal.registers import studies, unchanged
from consent_portal.registers.sight import sight_of
from consent_portal.registers.studies import Study
from consent_portal.services import closing, queries
from consent_portal.services.context import Site, resolve
from consent_portal.services.faults import BadRequest, Fault
from consent_portal.services.telling import tell
from consent_portal.services.users.browsers import factor_shown_since
from consent_portal.standing import standing_of
from consent_portal.tasks import asks, reviews

NOT_REVIEWED = Reason(
    "R29",
    "A second person has not yet approved this release; it waits in the portal for a reviewer.",
    "S0 L66; S1 L75-81",
)
OVERTAKEN = Reason(
    "R29",
    "What was to be reviewed had been called back before anybody approved it, so it was destroyed; ask again for what "
    "is still wanted.",
    "S0 L66; S1 L75-81",
)
REVIEW_REFUSED = Reason("R29", "The second reviewer refused this release.", "S0 L66; S1 L75-81")
ACCOUNT_CLOSED = Reason(
    "R69", "The account of whoever asked for this is closed, so nothing leaves for it.", "S1 L45-46; ASVS 7.4.2"
)

OTHER_DEPARTMENT = Reason(
    "F4",
    "These recordings are another department's, so they leave for care only. Ask somebody of that department, or the "
    "Caldicott Guardian, to request it.",
    "S1 L45-46; ASVS 8.2.2",
)


@dataclass(frozen=True)
class Answer:
    """What the engine is told."""

    id: str
    decided_at: datetime
    decision: Decision
    study_uids: tuple[str, ...]
    review: str | None = None
    review_of: str | None = None
    """Fingerprint of what the second reviewer was shown and approved."""
    ask_id: str | None = None


@dataclass(frozen=True)
class Case:
    """A request with its studies as registered; `digest` is its fingerprint."""

    asked: DecisionRequest
    found: tuple[Study, ...]
    digest: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the studies' register keys."""
        return tuple(study.key for study in self.found)


def answer(session: Session, asked: DecisionRequest, site: Site, *, record: bool = True) -> Answer:
    """Answer a decision request.

    Parameters
    ----------
    session : Session
        A writing one, except for a preview, which records nothing and opens nothing.
    record : bool
        Whether the answer is written down.

    Raises
    ------
    BadRequest
    """
    _check_named(asked.subjects)
    policy = site.policy
    now, closed = _as_now(session, asked.request)
    asked = asked.model_copy(update={"request": now})
    request = resolve(session, asked.request, asked.intent, site)
    found = tuple(_study(session, subject, asked.intent) for subject in asked.subjects)
    decision = decide([facts_of(session, study, policy) for study in found], request, policy)
    if closed:
        decision = _stopped(decision, Outcome.DENY, ACCOUNT_CLOSED)
    is_kept = _is_anothers(session, found, asked.request, site, unknown=asked.intent is not Intent.PREVIEW)
    if is_kept:
        decision = _stopped(decision, Outcome.DENY, OTHER_DEPARTMENT)
    owed = _factor_owed(session, asked, site) if decision.outcome is not Outcome.DENY else None
    if owed:
        decision = _stopped(decision, Outcome.DENY, owed)
    made = Answer(str(uuid.uuid4()), utc_now(), decision, tuple(subject.study_uid for subject in asked.subjects))
    if asked.intent is Intent.PREVIEW:
        return made
    case = Case(asked, found, digest_of(asked.request, [study.key for study in found]))
    made = made if closed or is_kept or owed else _reviewed(session, case, made)
    return _recorded(session, case, made) if record else made


def with_role_of_now(session: Session, request: Request) -> Request:
    """Return the request with the role that its sender's account has now (F20); as told for who has none."""
    return _as_now(session, request)[0]


def _as_now(session: Session, request: Request) -> tuple[Request, bool]:
    """Return the request as it is to be answered now, and whether its sender's account is closed."""
    standing = standing_of(session, request.sender.user)
    if standing is None:
        return request, False
    sender = request.sender.model_copy(update={"role": standing.role})
    return request.model_copy(update={"sender": sender}), not standing.is_open


def _is_anothers(session: Session, found: Sequence[Study], request: Request, site: Site, *, unknown: bool) -> bool:
    """Whether a use beyond care is asked for by somebody of another department (ADR 0153); care is never held up.

    Parameters
    ----------
    unknown : bool
        What is said of a study of which nobody knows yet whose it is: what waits is not called back for that.
    """
    purpose = site.policy.purposes.get(request.purpose)
    if not site.departments or purpose is None or purpose.is_care:
        return False
    standing, version = standing_of(session, request.sender.user), site.departments.version
    own = standing.departments if standing else ""
    sight = sight_of(request.sender.user, standing.role if standing else "", own, version)
    known = [study for study in found if unknown or study.departments_by == version]
    return sight is not None and not all(sight.sees(study.departments, study.departments_by) for study in known)


def _factor_owed(session: Session, asked: DecisionRequest, site: Site) -> Reason | None:
    """Return why a person has to show a second factor first (F6); None for whatever a machine asks again."""
    rule, sender = site.second_factor, asked.request.sender
    if asked.intent is not Intent.EXPORT or not rule.binds(sender.role, site.policy.purposes[asked.request.purpose]):
        return None
    before = last_of_job(session, asked.job) if asked.job else None
    if before is not None and before.outcome != str(Outcome.DENY) and before.user == sender.user:
        return None
    return None if factor_shown_since(session, sender.user, utc_now() - rule.within) else rule.reason(sender.role)


def _check_named(subjects: Sequence[Subject]) -> None:
    unnamed = [place for place, subject in enumerate(subjects) if not subject.study_uid]
    if unnamed:
        raise BadRequest([Fault(f"subjects.{place}.study_uid", "Name the study.") for place in unnamed])


def facts_of(session: Session, study: Study, policy: Policy, at: datetime | None = None) -> SubjectFacts:
    """Return what the policy may know of a study at a moment (now by default)."""
    consent = queries.status(session, study, at)
    return SubjectFacts(
        kind=policy.kinds.kind_of(study.contents),
        may_show_a_face=policy.kinds.may_show_a_face(study.contents, study.facts.description),
        consent=consent,
        identity_conflict=consent.identity_in_doubt,
        closed=closing.by_the_clock(session),
    )


def decide_studies(session: Session, found: Sequence[Study], request: RequestFacts, policy: Policy) -> Decision:
    """Decide on registered studies, without recording."""
    return decide([facts_of(session, study, policy) for study in found], request, policy)


def digest_of(request: Request, study_keys: Sequence[str]) -> str:
    """Return a fingerprint of who wants what for which studies: a review or question holds for exactly that."""
    body = {"request": request.model_dump(mode="json", exclude_none=True), "studies": sorted(study_keys)}
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def again(session: Session, job: str, site: Site, *, record: bool) -> Decision | None:
    """Return what would be decided now about the recorded request of a job; None when nothing can be decided again.

    The studies are as the register knows them. Reviews are left out, and so are clocks that disagree: this asks only
    whether it may leave at all.

    Parameters
    ----------
    record : bool
        Whether an answer that is no longer a permit is written down, once (F13).
    """
    row = last_of_job(session, job)
    found = _found(session, row) if row else ()
    if row is None or not found:
        return None
    request, closed = _as_now(session, Request.model_validate_json(row.request))
    decision = as_said(session, found, resolve(session, request, Intent.CHECK, site), site.policy)
    if closed:
        decision = _stopped(decision, Outcome.DENY, ACCOUNT_CLOSED)
    if _is_anothers(session, found, request, site, unknown=False):
        decision = _stopped(decision, Outcome.DENY, OTHER_DEPARTMENT)
    if record and decision.outcome is not Outcome.PERMIT and row.outcome == str(Outcome.PERMIT):
        asked = DecisionRequest.model_construct(contract=1, intent=Intent.CHECK, job=job, request=request, subjects=())
        made = Answer(str(uuid.uuid4()), utc_now(), decision, tuple(study.study_uid for study in found))
        _write(session, Case(asked, found, row.request_digest), made)
    return decision


def as_said(session: Session, found: Sequence[Study], request: RequestFacts, policy: Policy) -> Decision:
    """Return what all that was said up to the ledger's last entry means for a request, whatever the clock says now.

    While the clocks disagree nothing leaves (F21); that takes nothing back that a patient has agreed to.
    """
    at = max(utc_now(), store.last_recorded_at(session) or utc_now())
    facts = [replace(facts_of(session, study, policy, at), closed=None) for study in found]
    return decide(facts, request, policy)


def _found(session: Session, row: DecisionRow) -> tuple[Study, ...]:
    named = (studies.by_key(session, one["study"]) for one in json.loads(row.subjects))
    return tuple(study for study in named if study is not None)


def last_of_job(session: Session, job: str) -> DecisionRow | None:
    """Return the last recorded answer for a job."""
    query = select(DecisionRow).where(DecisionRow.job == job).order_by(DecisionRow.decided_at.desc()).limit(1)
    return session.scalar(query)


def _study(session: Session, subject: Subject, intent: Intent) -> Study:
    if intent is Intent.PREVIEW:
        return studies.known(session, subject)
    return unchanged.as_told(session, subject) or tell(session, subject)


def _recorded(session: Session, case: Case, made: Answer) -> Answer:
    job = case.asked.job
    before = last_of_job(session, job) if job and case.asked.intent is Intent.CHECK else None
    if before is not None and before.answer == _answer_text(made) and before.request_digest == case.digest:
        return _still_asked(session, case, replace(made, id=before.id))
    _write(session, case, made)
    if before is not None and before.outcome == str(Outcome.ASK):
        return _still_asked(session, case, made)
    if made.decision.outcome is Outcome.ASK and case.asked.intent is not Intent.HAND_OVER:
        made = replace(made, ask_id=_ask(session, case, made).id)
    return made


def _still_asked(session: Session, case: Case, made: Answer) -> Answer:
    """Return the answer for a job that waits, with its question while that is open; a closed one is not opened anew."""
    question = asks.open_of(session, case.digest) if made.decision.outcome is Outcome.ASK else None
    return replace(made, ask_id=question.id) if question else made


def _reviewed(session: Session, case: Case, made: Answer) -> Answer:
    if not made.decision.needs_review:
        return made
    review = _review(session, case, made)
    if review.status == reviews.REFUSED:
        return replace(made, decision=_stopped(made.decision, Outcome.DENY, REVIEW_REFUSED), review=review.status)
    if review.status == reviews.OVERTAKEN:
        return replace(made, decision=_stopped(made.decision, Outcome.DENY, OVERTAKEN), review=reviews.REFUSED)
    if review.status == reviews.PENDING and case.asked.intent is Intent.HAND_OVER:
        return replace(made, decision=_stopped(made.decision, Outcome.ASK, NOT_REVIEWED), review=review.status)
    return replace(made, review=review.status, review_of=review.shown)


def _review(session: Session, case: Case, made: Answer) -> reviews.Review:
    told = case.asked.request
    wanted = reviews.Wanted(
        job=case.asked.job or made.id,
        digest=case.digest,
        decision=made.id,
        requested_by=told.sender.user,
        role=told.sender.role,
        purpose=told.purpose,
        recipient=told.recipient,
        studies=case.keys,
        reason_given=told.reason,
    )
    return reviews.open_review(session, wanted)


def _stopped(decision: Decision, outcome: Outcome, reason: Reason) -> Decision:
    subjects = tuple(replace(one, outcome=outcome, profile=None, reasons=(reason,)) for one in decision.subjects)
    return replace(decision, outcome=outcome, profile=None, level=None, reasons=(reason,), subjects=subjects)


def _ask(session: Session, case: Case, made: Answer) -> asks.Ask:
    told = case.asked.request
    wanted = asks.Wanted(
        decision=made.id,
        requested_by=told.sender.user,
        role=told.sender.role,
        purpose=told.purpose,
        recipient=told.recipient,
        studies=case.keys,
        questions=tuple(asks.ToAsk(one.whom, one.what) for one in made.decision.questions),
        reasons=tuple(asks.AskReason(one.rule, one.text, one.source) for one in made.decision.reasons),
        reason_given=told.reason,
        digest=case.digest,
    )
    return asks.open_ask(session, wanted)


def _write(session: Session, case: Case, made: Answer) -> None:
    told = case.asked.request
    row: dict[str, object] = {
        "id": made.id,
        "decided_at": to_text(made.decided_at),
        "intent": str(case.asked.intent),
        "job": case.asked.job,
        "user": told.sender.user,
        "role": told.sender.role,
        "purpose": told.purpose,
        "recipient": told.recipient,
        "outcome": str(made.decision.outcome),
        "profile": made.decision.profile,
        "policy_version": made.decision.policy_version,
        "request_digest": case.digest,
        "request": canonical(told.model_dump(mode="json", exclude_none=True)),
        "subjects": json.dumps([_subject(study) for study in case.found]),
        "answer": _answer_text(made),
    }
    session.flush()  # what the answer rests on comes first
    evidence.enter(session, _DECISION, [row])


_DECISION = cast(Table, DecisionRow.__table__)


def _subject(study: Study) -> dict[str, object]:
    contents = [content.model_dump(mode="json") for content in study.contents]
    return {"study": study.key, "patient": study.patient_key, "contents": contents}


def _answer_text(made: Answer) -> str:
    decision = made.decision
    return canonical(
        {
            "outcome": decision.outcome,
            "profile": decision.profile,
            "level": decision.level,
            "obligations": decision.obligations,
            "review": made.review,
            "reasons": [[one.rule, one.text, one.source] for one in decision.reasons],
            "subjects": [[one.outcome, one.profile] for one in decision.subjects],
            "policy_version": decision.policy_version,
        }
    )
