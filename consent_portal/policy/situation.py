"""Which column of the decision table a study stands in, and why."""

from dataclasses import dataclass

from consent_portal.ledger.levels import SECONDARY, Level, LevelState
from consent_portal.ledger.payloads import Conditions
from consent_portal.ledger.status import ConsentStatus
from consent_portal.policy.facts import AttestedFacts, RequestFacts, SubjectFacts
from consent_portal.policy.model import Policy, Purpose, Reason, Situation

LIFTS_REFUSAL = "refusal_does_not_bind_anonymised"
LIFTS_NOT_CHOSEN = "not_chosen_para10_permitted"


@dataclass(frozen=True)
class Standing:
    """A column, the reasons for it, and whether the answer must at least be "ask" (an expired consent)."""

    situation: Situation
    reasons: tuple[Reason, ...]
    at_least_ask: bool = False


def recognisable(subject: SubjectFacts, attested: AttestedFacts, policy: Policy) -> list[Reason]:
    """Return why somebody might be recognised (R8, R25, R28); blacked-out eyes change nothing (R31)."""
    reasons = []
    if attested.identifiable != "no":
        reasons.append(policy.rules["identifiable"])
    if subject.may_show_a_face:
        reasons.append(policy.rules["recognisable"])
    if attested.unusual_finding != "no":
        reasons.append(policy.rules["unusual-finding"])
    return reasons


def standing(purpose: Purpose, subject: SubjectFacts, request: RequestFacts, policy: Policy) -> Standing:
    """Return the column for this study and purpose."""
    seen = recognisable(subject, request.attested, policy) if purpose.attestations else []
    anonymous = subject.kind.para10 and not seen
    answer = _answer(purpose, subject.consent, request)
    if answer is Situation.ACTIVE:
        return Standing(answer, (policy.rules["consent"],))
    if answer is Situation.REFUSED and not (anonymous and LIFTS_REFUSAL in policy.on):
        return Standing(answer, (policy.rules["refused"],))
    if answer is Situation.PHOTO_NOT_CHOSEN and not (anonymous and LIFTS_NOT_CHOSEN in policy.on):
        column = Situation.PARA10_NOT_CHOSEN if anonymous else Situation.PHOTO_NOT_CHOSEN
        return Standing(column, (policy.rules["not-chosen"], *seen))
    expired = _expired(purpose, subject.consent)
    column = _without_record(subject, recognisable=bool(seen))
    return Standing(column, ((policy.rules["expired"],) if expired else ()) + tuple(seen), expired)


def _without_record(subject: SubjectFacts, *, recognisable: bool) -> Situation:
    if recognisable:
        return Situation.RECOGNISABLE_NO_RECORD
    return Situation.PARA10_NO_RECORD if subject.kind.para10 else Situation.PHOTO_NO_RECORD


def _answer(purpose: Purpose, consent: ConsentStatus, request: RequestFacts) -> Situation:
    """Return ACTIVE, REFUSED, PHOTO_NOT_CHOSEN (something was recorded, not this) or PHOTO_NO_RECORD."""
    if purpose.consent in SECONDARY:
        return _of_level(consent, Level(purpose.consent), request)
    return _by_name(purpose, consent, request)


def _of_level(consent: ConsentStatus, level: Level, request: RequestFacts) -> Situation:
    status = consent.levels[level]
    if status.state is LevelState.ACCEPTED:
        return Situation.ACTIVE if _for_this_publication(consent, level, request) else Situation.PHOTO_NOT_CHOSEN
    if status.state.is_refusal:
        return Situation.REFUSED
    if status.event is not None and status.state is not LevelState.EXPIRED:
        return Situation.PHOTO_NOT_CHOSEN
    return Situation.PHOTO_NO_RECORD


def _for_this_publication(consent: ConsentStatus, level: Level, request: RequestFacts) -> bool:
    """Whether a consent for one named publication is for this one."""
    conditions = consent.conditions_of(level)
    named = _plain(conditions.named_publication) if conditions and level is not Level.TEACHING else ""
    wanted = {_plain(request.publication), _plain(request.publication_title)} - {""}
    return not named or named in wanted


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _by_name(purpose: Purpose, consent: ConsentStatus, request: RequestFacts) -> Situation:
    """For what no level covers: an agreement by name; a refusal by name ends it, and so does one of teaching."""
    teaching = consent.state(Level.TEACHING)
    if teaching in {LevelState.WITHDRAWN, LevelState.REFUSED} or purpose.key in consent.refused_purposes:
        return Situation.REFUSED
    if any(_agrees(purpose, conditions, request) for conditions in consent.conditions):
        return Situation.ACTIVE
    declined = teaching.is_refusal or _declines(purpose, consent)
    return Situation.REFUSED if declined else Situation.PHOTO_NO_RECORD


def _declines(purpose: Purpose, consent: ConsentStatus) -> bool:
    """Whether the form says no to companies, which is more than saying nothing of them."""
    return purpose.consent == "commercial" and any(one.commercial is False for one in consent.conditions)


def _agrees(purpose: Purpose, conditions: Conditions, request: RequestFacts) -> bool:
    match purpose.consent:
        case "research":
            return "research" in conditions.purposes
        case "project":
            return bool(request.project) and conditions.research_project == request.project
        case "commercial":
            texts = conditions.commercial_data.strip() and conditions.commercial_confidentiality.strip()
            return conditions.commercial is True and bool(texts or "consent-texts" in request.facts)
    return False


def _expired(purpose: Purpose, consent: ConsentStatus) -> bool:
    level = Level(purpose.consent) if purpose.consent in set(Level) else Level.TEACHING
    return consent.state(level) is LevelState.EXPIRED
