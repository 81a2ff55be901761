"""What the engine asks: may this leave, what is the consent, this is what left (docs/interfaces.md)."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from consent_portal.api import shapes
from consent_portal.api.token import require_token
from consent_portal.clock import utc_now
from consent_portal.contract import CalledBackRequest, ConsentRequest, DecisionRequest, DisclosureRequest, Intent
from consent_portal.ledger.continuity import LedgerClosed
from consent_portal.parts import parts
from consent_portal.review import telling
from consent_portal.services import answered_jobs, called_back, closing, decisions, disclosures, policy
from consent_portal.services.called_back import CalledBack
from consent_portal.services.context import Site
from consent_portal.services.decisions import Answer
from consent_portal.services.disclosures import Stopped
from consent_portal.services.factor_rule import FactorRule
from consent_portal.services.faults import BadRequest, Fault
from consent_portal.services.search import registered
from consent_portal.services.summary import Summary, summarise
from consent_portal.services.telling import tell
from consent_portal.standing import standing_of

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.before_request(require_token)


def _site(session: Session) -> Site:
    portal = parts()
    present = policy.present(session, portal.policy, portal.settings.site.switches)
    settings = portal.settings
    within = timedelta(hours=min(settings.portal.second_factor_hours, settings.portal.absolute_hours))
    rule = FactorRule(settings.portal.second_factor_roles, within)
    return Site(present, settings.gate.destinations, settings.of_departments, rule)


@blueprint.post("/decisions")
def decide() -> ResponseReturnValue:
    """Answer whether something may leave, and how far it must be de-identified."""
    asked = shapes.read(request, DecisionRequest)
    made = _looked_ahead(asked) if asked.intent is Intent.PREVIEW else _decided(asked)
    return jsonify(shapes.answer(made, parts().settings.portal.public_url))


def _looked_ahead(asked: DecisionRequest) -> Answer:
    missing = parts().continuity.gap()
    if missing:
        return _without_a_ledger(asked, missing)
    with parts().database.reading() as session:
        return decisions.answer(session, asked, _site(session))


def _decided(asked: DecisionRequest) -> Answer:
    """Decide and record; each writing transaction looks itself whether the ledger is the home's, so once is enough."""
    try:
        if not _is_care(asked):
            _find_out_departments(asked)
        with parts().database.writing() as session:
            return decisions.answer(session, asked, _site(session))
    except (LedgerClosed, DBAPIError):
        missing = parts().continuity.gap()
        if not missing:
            raise
        return _without_a_ledger(asked, missing)


def _find_out_departments(asked: DecisionRequest) -> None:
    """Find out whose the studies are where nobody has yet; a look ahead, which writes nothing, does not (ADR 0153)."""
    portal = parts()
    if portal.settings.of_departments and not portal.continuity.gap():
        named = [subject for subject in asked.subjects if subject.study_uid]
        registered(portal.orthanc, portal.database, named, portal.settings.of_departments)


def _without_a_ledger(asked: DecisionRequest, missing: str) -> Answer:
    decision = closing.decide_without_a_ledger(asked, parts().policy, closing.by_the_ledger(missing))
    return Answer(closing.number(), utc_now(), decision, tuple(subject.study_uid for subject in asked.subjects))


@blueprint.post("/consent")
def consent() -> ResponseReturnValue:
    """Summarise the consent of one study. The study is registered, so that its page has an address."""
    asked = shapes.read(request, ConsentRequest)
    if not asked.subject.study_uid:
        raise BadRequest([Fault("subject.study_uid", "Name the study.")])
    missing = parts().continuity.gap()
    if missing:
        return jsonify(_summary_without_a_ledger(asked, missing))
    with parts().database.writing() as session:
        study = tell(session, asked.subject)
        standing = standing_of(session, asked.sender.user)
        present = _site(session).policy
        found = summarise(session, study, standing.role if standing else asked.sender.role, present)
    url = f"{parts().settings.portal.public_url.rstrip('/')}/studies/{study.key}"
    return jsonify(shapes.summary(asked.subject.study_uid, found, url, present))


def _summary_without_a_ledger(asked: ConsentRequest, missing: str) -> dict[str, Any]:
    reason, policy = closing.by_the_ledger(missing), parts().policy
    subject, purposes = closing.purposes_without_a_ledger(asked.subject.contents, asked.sender.role, policy, reason)
    found = Summary(subject.kind, subject.consent, purposes)
    return shapes.summary(asked.subject.study_uid, found, parts().settings.portal.public_url, policy)


@blueprint.post("/disclosures")
def disclose() -> ResponseReturnValue:
    """Record what is about to leave, before it leaves."""
    told = shapes.read(request, DisclosureRequest)
    missing = parts().continuity.gap()
    if missing and not _is_care(told):
        raise Stopped([closing.by_the_ledger(missing)])
    with parts().database.writing() as session:
        made = disclosures.disclose(session, told, _site(session))
    return jsonify(disclosure=made.disclosure, seq=made.seq), 201


def _is_care(told: DisclosureRequest | DecisionRequest) -> bool:
    purpose = parts().policy.purposes.get(told.request.purpose)
    is_read = isinstance(told, DisclosureRequest) and told.kind == "care-read"
    return is_read or (purpose is not None and purpose.is_care)


@blueprint.post("/jobs/called-back")
def jobs_called_back() -> ResponseReturnValue:
    """Say which waiting jobs may no longer leave; while the ledger stands still, none is decided again."""
    asked = shapes.read(request, CalledBackRequest)
    database = parts().database
    with database.reading() as session:
        unknown = _not_known_now(session)
        if unknown:
            return jsonify(message=unknown), 503
        head = called_back.unmoved(session, asked.since)
        found = CalledBack(head) if head is not None else called_back.among(session, asked.jobs, _site(session))
    if found.jobs:
        with database.writing() as session:
            found = called_back.note(session, found, _site(session))
            telling.let_go(session, found.jobs, _site(session))
    return jsonify(shapes.called_back(found))


@blueprint.post("/jobs/answered")
def jobs_answered() -> ResponseReturnValue:
    """Say which exports that wait for an answer have to be decided anew."""
    asked = shapes.read(request, CalledBackRequest)
    with parts().database.reading() as session:
        unknown = _not_known_now(session)
        if unknown:
            return jsonify(message=unknown), 503
        return jsonify(shapes.answered(answered_jobs.among(session, asked.jobs, _site(session), asked.since)))


def _not_known_now(session: Session) -> str:
    """Return why nothing is known of any job, so that the engine leaves all as they are; empty when it is known.

    Without the ledger, or while the clock stands before its last entry, every decision denies; that takes back nothing.
    """
    missing = parts().continuity.gap()
    behind = None if missing else closing.by_the_clock(session)
    return missing or (behind.text if behind else "")
