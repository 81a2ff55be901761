"""The trust's own systems record what patients say: one route a verb, by the rules of the pages (contract.md, X1)."""

import hmac
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden, NotFound, ServiceUnavailable, Unauthorized

from consent_portal.accounts import User
from consent_portal.api import shapes
from consent_portal.api.consent_requests import REQUESTS, Named, OfStudy
from consent_portal.api.token import shown_token
from consent_portal.contract import Subject as ToldStudy
from consent_portal.ledger.rules.refusal import Refusal
from consent_portal.orthanc import OrthancAway
from consent_portal.parts import parts
from consent_portal.registers import studies
from consent_portal.registers.studies import Study
from consent_portal.services import policy
from consent_portal.services.acts import Actor, Subject
from consent_portal.services.faults import BadRequest, Fault
from consent_portal.services.statements import outcome
from consent_portal.services.statements.verbs import VERBS, Verb, perform
from consent_portal.services.telling import tell

blueprint = Blueprint("consent_api", __name__, url_prefix="/api/v1/consent")


@blueprint.before_request
def _token() -> None:
    """Let the trust's systems in by their token, which decides and discloses nothing; the engine's records nothing."""
    own = parts().settings.portal.consent_token
    if not own or not hmac.compare_digest(shown_token().encode(), own.encode()):
        raise Unauthorized("Show the token of the trust's systems: Authorization: Bearer <consent-token>.")


@blueprint.post("/<event>")
def record(event: str) -> ResponseReturnValue:
    """Record what somebody said, as one whole act."""
    verb = VERBS.get(event)
    if verb is None:
        raise NotFound(f"There is no such kind of event. There are: {', '.join(VERBS)}.")
    asked = shapes.read(request, REQUESTS[event])
    named = asked.study or ""
    told = _told(named) if named else None
    with parts().database.writing() as session:
        user = _recorder(session, asked.recorder, verb)
        subject = _subject(session, asked, told).having_seen(asked.head)
        said = asked.statement(verb.statement)
        act = perform(session, said, subject, _actor(session, user))
        answer = outcome.told(session, subject.study, act)
    return jsonify(answer), 201


def _actor(session: Session, user: str) -> Actor:
    portal = parts()
    return Actor(f"api:{user}", policy.present(session, portal.policy, portal.settings.site.switches))


def _recorder(session: Session, name: str, verb: Verb) -> str:
    """Return who answers for it: a person of the portal who may record just this."""
    user = session.scalar(select(User).where(User.username == name))
    if user is None or not user.active:
        raise BadRequest([Fault("recorder", "Name a person with an open account at the portal, who answers for it.")])
    if user.role not in verb.roles:
        raise Forbidden(f"The recorder's role may not record this. It takes: {', '.join(sorted(verb.roles))}.")
    return str(user.username)


def _told(uid: str) -> ToldStudy | None:
    """Return the study as Orthanc tells it now; None when Orthanc has it no more or is away, and the portal knows it.

    Raises
    ------
    NotFound
        When neither knows it.
    ServiceUnavailable
        When it is not known here and Orthanc does not answer.
    """
    with parts().database.reading() as session:
        known = studies.by_uid(session, uid) is not None
    try:
        told = parts().orthanc.study_by_uid(uid)
    except OrthancAway:
        if known:
            return None
        raise ServiceUnavailable(_NOT_KNOWN.format("Orthanc does not answer; try again when it does")) from None
    if told is None and not known:
        raise NotFound(_NOT_KNOWN.format("Orthanc has none of that UID; check it"))
    return told


_NOT_KNOWN = "The portal does not know this study, and {}. Nothing was recorded."


def _subject(session: Session, asked: Named, told: ToldStudy | None) -> Subject:
    if not isinstance(asked, OfStudy) and asked.study and asked.number:
        raise BadRequest([Fault("number", "Name the study or the patient's number, one of them.")])
    if isinstance(asked, OfStudy) or asked.study:
        return Subject.of_study(_study(session, asked.study or "", told))
    return Subject.of_number(session, asked.number, asked.issuer, asked.birth_date)


def _study(session: Session, uid: str, told: ToldStudy | None) -> Study:
    if told is not None:
        return tell(session, told)
    known = studies.by_uid(session, uid)
    assert known is not None  # noqa: S101  (looked for before, and studies are never taken out)
    return known


def refused(refusal: Refusal) -> ResponseReturnValue:
    """Answer a refusal: 400 where something is missing or contradicts itself, 409 where a rule forbids it."""
    faults: list[dict[str, Any]] = [{"field": one.field, "message": one.message} for one in refusal.faults]
    return jsonify(message=str(refusal), faults=faults), 400 if refusal.is_input else 409
