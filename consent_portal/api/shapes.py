"""Between the contract's JSON and our types: reads requests with all their faults, writes answers."""

from typing import Any, TypeVar

from flask import Request as HttpRequest
from pydantic import BaseModel, ValidationError

from consent_portal.api.words import words
from consent_portal.clock import to_text
from consent_portal.policy.model import Decision, Policy, Reason
from consent_portal.services.answered_jobs import Answered
from consent_portal.services.called_back import CalledBack
from consent_portal.services.decisions import Answer
from consent_portal.services.faults import BadRequest, Fault
from consent_portal.services.summary import Summary

Model = TypeVar("Model", bound=BaseModel)


def read(request: HttpRequest, model: type[Model]) -> Model:
    """Return the body as `model`.

    Raises
    ------
    BadRequest
        Naming each field that does not fit, never its value.
    """
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        raise BadRequest([_fault(one) for one in error.errors(include_input=False, include_url=False)]) from None


def _fault(error: Any) -> Fault:
    place = ".".join(str(part) for part in error["loc"]) or "body"
    return Fault(place.removeprefix("request."), error["msg"])


def reasons(given: tuple[Reason, ...]) -> list[dict[str, str]]:
    """Return reasons as JSON."""
    return [{"rule": one.rule, "text": one.text, "source": one.source} for one in given]


def answer(made: Answer, public_url: str) -> dict[str, Any]:
    """Return an answer as docs/contract/decision.schema.json has it."""
    decision = made.decision
    return {
        "contract": 1,
        "decision": made.id,
        "outcome": decision.outcome,
        "profile": decision.profile,
        "level": decision.level,
        "policy_version": decision.policy_version,
        "decided_at": to_text(made.decided_at),
        "obligations": list(decision.obligations),
        "review": made.review,
        **({"review_of": made.review_of} if made.review_of else {}),
        "reasons": reasons(decision.reasons),
        "ask_url": f"{public_url.rstrip('/')}/asks/{made.ask_id}" if made.ask_id else None,
        "subjects": _subjects(decision, made.study_uids),
    }


def _subjects(decision: Decision, uids: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"study_uid": uid, "outcome": one.outcome, "profile": one.profile, "reasons": reasons(one.reasons)}
        for uid, one in zip(uids, decision.subjects, strict=True)
    ]


def called_back(found: CalledBack) -> dict[str, Any]:
    """Return what docs/contract/called-back.schema.json has."""
    jobs = [{"job": job, "reasons": reasons(why)} for job, why in found.jobs.items()]
    return {"contract": 1, "head": found.head, "called_back": jobs}


def answered(found: Answered) -> dict[str, Any]:
    """Return what docs/contract/answered.schema.json has."""
    return {"contract": 1, "head": found.head, "answered": list(found.jobs)}


def summary(study_uid: str, found: Summary, portal_url: str, policy: Policy) -> dict[str, Any]:
    """Return a summary as docs/contract/consent-summary.schema.json has it."""
    return {
        "study_uid": study_uid,
        "recording_kind": found.kind.key,
        "portal_url": portal_url,
        "levels": found.states,
        "purposes": {
            key: {"outcome": one.outcome, "profile": one.profile, "reasons": reasons(one.reasons)}
            for key, one in found.purposes.items()
        },
        "words": words(policy),
    }
