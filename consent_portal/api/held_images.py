"""The engine tells which images it holds, and asks what people decided of them (docs/interfaces.md)."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from consent_portal.api import shapes
from consent_portal.api.token import require_token
from consent_portal.contract import HeldImages, HeldImagesDecisions
from consent_portal.parts import parts
from consent_portal.review import telling
from consent_portal.review.telling import Standing
from consent_portal.services.faults import BadRequest, Fault

blueprint = Blueprint("held_images", __name__, url_prefix="/api/v1/held-images")
blueprint.before_request(require_token)


@blueprint.post("")
def held() -> ResponseReturnValue:
    """Enter the images that wait for a person, and name those that nobody has decided."""
    told = shapes.read(request, HeldImages)
    _check_named(told)
    missing = parts().continuity.gap()
    if missing:
        return jsonify(message=missing), 503
    with parts().database.writing() as session:
        waiting = telling.enter(session, told)
    return jsonify(contract=1, waiting=list(waiting))


@blueprint.post("/decisions")
def decisions() -> ResponseReturnValue:
    """Say what stands of the held images of some studies."""
    asked = shapes.read(request, HeldImagesDecisions)
    missing = parts().continuity.gap()
    if missing:
        return jsonify(message=missing), 503
    with parts().database.reading(whole=True) as session:
        found = telling.answered(session, asked.studies)
    return jsonify(contract=1, decisions=[_told(one) for one in found.decisions], waiting=list(found.waiting))


def _check_named(told: HeldImages) -> None:
    unnamed = [place for place, one in enumerate(told.images) if not one.subject.study_uid]
    if unnamed:
        raise BadRequest([Fault(f"images.{place}.subject.study_uid", "Name the study.") for place in unnamed])


def _told(one: Standing) -> dict[str, Any]:
    return {**asdict(one), "areas": [asdict(area) for area in one.areas]}
