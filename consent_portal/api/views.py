"""What the engine asks: may this leave, what is the consent, this is what left (docs/interfaces.md)."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from consent_portal.accounts import standing_of
from consent_portal.api import shapes
from consent_portal.api.token import require_token
from consent_portal.contract import ConsentRequest, DecisionRequest, DisclosureRequest, Intent
from consent_portal.parts import parts
from consent_portal.registers import studies
from consent_portal.services import decisions, disclosures, policy
from consent_portal.services.context import Site
from consent_portal.services.faults import BadRequest, Fault
from consent_portal.services.summary import summarise

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.before_request(require_token)


def _site(session: Session) -> Site:
    portal = parts()
    present = policy.present(session, portal.policy, portal.settings.site.switches)
    return Site(present, portal.settings.gate.destinations)


@blueprint.post("/decisions")
def decide() -> ResponseReturnValue:
    """Answer whether something may leave, and how far it must be de-identified."""
    asked = shapes.read(request, DecisionRequest)
    database = parts().database
    with database.reading() if asked.intent is Intent.PREVIEW else database.writing() as session:
        made = decisions.answer(session, asked, _site(session))
    return jsonify(shapes.answer(made, parts().settings.portal.public_url))


@blueprint.post("/consent")
def consent() -> ResponseReturnValue:
    """Summarise the consent of one study. The study is registered, so that its page has an address."""
    asked = shapes.read(request, ConsentRequest)
    if not asked.subject.study_uid:
        raise BadRequest([Fault("subject.study_uid", "Name the study.")])
    with parts().database.writing() as session:
        study = studies.register(session, asked.subject)
        standing = standing_of(session, asked.sender.user)
        role = standing.role if standing else asked.sender.role
        found = summarise(session, study, role, _site(session).policy)
    url = f"{parts().settings.portal.public_url.rstrip('/')}/studies/{study.key}"
    return jsonify(shapes.summary(asked.subject.study_uid, found, url))


@blueprint.post("/disclosures")
def disclose() -> ResponseReturnValue:
    """Record what is about to leave, before it leaves."""
    told = shapes.read(request, DisclosureRequest)
    with parts().database.writing() as session:
        made = disclosures.disclose(session, told, _site(session))
    return jsonify(disclosure=made.disclosure, seq=made.seq), 201
