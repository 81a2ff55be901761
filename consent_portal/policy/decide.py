"""The decision: facts in, outcome with reasons out. Pure; the same facts always give the same answer.

Nothing here can make an answer milder than the table's cell: every further rule is joined by "the strictest wins".
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from consent_portal.ledger.levels import Level
from consent_portal.policy.facts import RequestFacts, SubjectFacts
from consent_portal.policy.model import (
    Decision,
    Outcome,
    Policy,
    Purpose,
    Question,
    Reason,
    Row,
    Situation,
    SubjectAnswer,
)
from consent_portal.policy.situation import Standing, standing

COMMERCIAL = "commercial"
"""The agreement by name that a company needs (R53)."""
SLIDES = {str(level): str(level) for level in (Level.PRINT, Level.INTERNET)}
"""The publication that shared slides are, by where they are shared."""
T = TypeVar("T")
_NO_CONSENT = frozenset(Situation) - {Situation.ACTIVE}


def decide(subjects: Sequence[SubjectFacts], request: RequestFacts, policy: Policy) -> Decision:
    """Answer a request.

    Parameters
    ----------
    subjects : sequence of SubjectFacts
        At least one study; the ledger's view in each is already of one date.
    request : RequestFacts
        Who wants what.
    policy : Policy
        The table in force.

    Returns
    -------
    Decision
        The strictest of the subjects' answers: deny, then ask, then permit.
    """
    answers = tuple(_of_subject(subject, request, policy) for subject in subjects)
    if not answers:
        answers = (_denied(policy.rules["unknown-purpose"]),)
    outcome = max((answer.outcome for answer in answers), key=lambda one: one.strictness)
    telling = [(place, answer) for place, answer in enumerate(answers, 1) if answer.outcome is outcome]
    profile = max((answer.profile or "" for _, answer in telling), default="") or None
    return Decision(
        outcome=outcome,
        profile=profile,
        level=_level(request, profile, policy),
        reasons=_with_position(telling, several=len(answers) > 1),
        obligations=_unique(one for _, answer in telling for one in answer.obligations),
        questions=_unique(one for _, answer in telling for one in answer.questions),
        subjects=answers,
        policy_version=policy.version,
    )


def _of_subject(subject: SubjectFacts, request: RequestFacts, policy: Policy) -> SubjectAnswer:
    purpose = policy.purposes.get(request.purpose)
    if purpose is None:
        return _denied(policy.rules["unknown-purpose"])
    if request.purpose not in policy.roles.get(request.role, frozenset()):
        return _denied(policy.rules["role"])
    if purpose.in_place and request.taking_away:
        return _denied(policy.rules["live-case-export"])
    if purpose.is_care:
        return _care(purpose, request, policy)
    if subject.closed is not None:
        return _denied(subject.closed)
    return _strictest([_secondary(one, subject, request, policy) for one in _purposes(purpose, request, policy)])


def _care(purpose: Purpose, request: RequestFacts, policy: Policy) -> SubjectAnswer:
    """Return the answer for care: consent never stands in its way (H3), the recipients' register may (R13, R62)."""
    cell = _cell_answer(purpose, _row(purpose, frozenset(), policy), Situation.PARA10_NO_RECORD, (), policy)
    return _strictest([cell, *_recipient(purpose, request, policy)])


def _recipient(purpose: Purpose, request: RequestFacts, policy: Policy) -> list[SubjectAnswer]:
    """Return what the register says against the recipient; the requester's own place is never in it."""
    company = "commercial-recipient" in request.facts and purpose.consent != COMMERCIAL
    holds = {"commercial-recipient": company, "recipient": "recipient-not-current" in request.facts}
    return [_denied(policy.rules[key]) for key, true in holds.items() if true]


def _purposes(purpose: Purpose, request: RequestFacts, policy: Policy) -> list[Purpose]:
    """Return the purpose, and for a lecture whose slides are shared also the publication that this is."""
    shared = SLIDES.get(request.slides_shared) if _has_slides(purpose) else None
    return [purpose, policy.purposes[shared]] if shared else [purpose]


def _has_slides(purpose: Purpose) -> bool:
    return "slides_shared" in purpose.context


def _secondary(purpose: Purpose, subject: SubjectFacts, request: RequestFacts, policy: Policy) -> SubjectAnswer:
    place = standing(purpose, subject, request, policy)
    facts = _facts(purpose, subject, request, policy)
    row = _row(purpose, facts, policy)
    answers = [_cell_answer(purpose, row, place.situation, place.reasons, policy)]
    answers += _circumstances(place, facts, policy)
    answers += _rules(purpose, subject, request, place, policy)
    return _strictest(answers)


def _facts(purpose: Purpose, subject: SubjectFacts, request: RequestFacts, policy: Policy) -> frozenset[str]:
    consent = subject.consent
    holds = {
        "not-coded": "coded" not in request.facts,
        "public": purpose.audience == "public",
        "lacks-capacity": consent.lacks_capacity,
        "no-best-interests": not consent.best_interests,
        "deceased": consent.deceased,
        "maturity-review-due": consent.maturity_review_due,
    }
    derived = {fact for fact, true in holds.items() if true}
    return request.facts - set(holds) | derived | {f"switch:{switch}" for switch in policy.on}


def _row(purpose: Purpose, facts: frozenset[str], policy: Policy) -> Row:
    return next(row for row in policy.rows if purpose.key in row.purposes and row.when <= facts)


def _cell_answer(
    purpose: Purpose, row: Row, situation: Situation, reasons: tuple[Reason, ...], policy: Policy
) -> SubjectAnswer:
    cell = row.cells[situation]
    if cell.outcome is Outcome.PERMIT:
        owed = _unique((*purpose.obligations, *cell.obligations))
        return SubjectAnswer(cell.outcome, cell.profile, (row.reason, *reasons), owed)
    questions = (_question(purpose, row, policy),) if cell.outcome is Outcome.ASK else ()
    told = (row.reason, *reasons) if situation is Situation.ACTIVE else (*reasons, row.reason)
    return SubjectAnswer(cell.outcome, None, told, (), questions)  # what stands in the way comes first


def _question(purpose: Purpose, row: Row, policy: Policy) -> Question:
    return Question(row.whom or policy.ask_whom, f"agreement to this use: {purpose.label}")


def _circumstances(place: Standing, facts: frozenset[str], policy: Policy) -> list[SubjectAnswer]:
    return [
        _stricter(row.cells[place.situation].outcome, row.reason, Question(row.whom or policy.ask_whom, row.title))
        for row in policy.circumstances
        if row.when <= facts and place.situation in row.cells
    ]


def _rules(
    purpose: Purpose, subject: SubjectFacts, request: RequestFacts, place: Standing, policy: Policy
) -> list[SubjectAnswer]:
    """Return the single rules that apply; each can only make the answer stricter."""
    requester = "the requester"
    patient = policy.ask_whom
    asked = set(purpose.attestations)
    without = place.situation in _NO_CONSENT
    found = [
        ("expired", place.at_least_ask, Outcome.ASK, Question(patient, "consent that has run out")),
        (
            "damage-or-distress",
            "damage_or_distress" in asked and without and request.attested.damage_or_distress != "no",
            Outcome.ASK,
            Question(patient, "agreement, since damage or distress cannot be ruled out"),
        ),
        (
            "motivated-intruder",
            "motivated_intruder_checked" in asked and request.attested.motivated_intruder_checked is not True,
            Outcome.ASK,
            Question(requester, "the motivated intruder check"),
        ),
        (
            "identity-conflict",
            subject.identity_conflict and without,
            Outcome.ASK,
            Question("the records office", "the patient's details"),
        ),
    ]
    rules = [_stricter(outcome, policy.rules[key], question) for key, holds, outcome, question in found if holds]
    return [*rules, *_recipient(purpose, request, policy)]


def _stricter(outcome: Outcome, reason: Reason, question: Question | None) -> SubjectAnswer:
    return SubjectAnswer(outcome, None, (reason,), (), (question,) if question and outcome is Outcome.ASK else ())


def _denied(reason: Reason) -> SubjectAnswer:
    return SubjectAnswer(Outcome.DENY, None, (reason,))


def _strictest(answers: Sequence[SubjectAnswer]) -> SubjectAnswer:
    outcome = max((answer.outcome for answer in answers), key=lambda one: one.strictness)
    telling = [answer for answer in answers if answer.outcome is outcome]
    return SubjectAnswer(
        outcome,
        max((answer.profile or "" for answer in telling), default="") or None,
        _unique(reason for answer in telling for reason in answer.reasons),
        _unique(one for answer in telling for one in answer.obligations),
        _unique(one for answer in telling for one in answer.questions),
    )


def _level(request: RequestFacts, profile: str | None, policy: Policy) -> str | None:
    if profile not in {"D3", "D4"}:
        return None
    purpose = policy.purposes[request.purpose]
    return SLIDES.get(request.slides_shared, purpose.level) if _has_slides(purpose) else purpose.level


def _with_position(telling: Iterable[tuple[int, SubjectAnswer]], *, several: bool) -> tuple[Reason, ...]:
    if not several:
        return _unique(reason for _, answer in telling for reason in answer.reasons)
    return tuple(
        Reason(reason.rule, f"Study {place}: {reason.text}", reason.source)
        for place, answer in telling
        for reason in answer.reasons
    )


def _unique(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
