"""``GET /api/v1/openapi.json``: what the trust's systems can record, from the very models that read it."""

from functools import cache
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic.json_schema import models_json_schema

from consent_portal.api.consent_requests import REQUESTS
from consent_portal.services.statements.verbs import VERBS, Verb

blueprint = Blueprint("openapi", __name__, url_prefix="/api/v1")
_SCHEMAS = "#/components/schemas/{model}"


@blueprint.get("/openapi.json")
def document() -> ResponseReturnValue:
    """Describe the routes; it holds nothing of any patient, so it needs no token."""
    return jsonify(_document())


@cache
def _document() -> dict[str, Any]:
    models = [(model, "validation") for model in REQUESTS.values()]
    _places, schemas = models_json_schema(models, ref_template=_SCHEMAS)  # type: ignore[arg-type]  # a list of pairs
    return {
        "openapi": "3.1.0",
        "info": {"title": "Anonymise or Ask: record consent", "version": "1"},
        "paths": {f"/api/v1/consent/{name}": {"post": _operation(verb)} for name, verb in VERBS.items()},
        "components": {
            "schemas": {**schemas["$defs"], "Done": _DONE, "Faults": _FAULTS},
            "securitySchemes": {"consent-token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"consent-token": []}],
    }


def _operation(verb: Verb) -> dict[str, Any]:
    told = " ".join((verb.statement.__doc__ or "").split())
    return {
        "operationId": verb.name,
        "summary": told,
        "description": f"Answered for by: {', '.join(sorted(verb.roles))}. "
        f"Writes: {', '.join(sorted(verb.event_types))}.",
        "requestBody": {"required": True, "content": _json(REQUESTS[verb.name].__name__)},
        "responses": {
            "201": {"description": "Recorded.", "content": _json("Done")},
            "400": {"description": "Something is missing or cannot be read.", "content": _json("Faults")},
            "401": {"description": "Without the token of the trust's systems."},
            "403": {"description": "The recorder's role may not record this."},
            "409": {"description": "A rule forbids it, or the record has moved.", "content": _json("Faults")},
            "503": {"description": "The study is not known and Orthanc does not answer, or the ledger is away."},
        },
    }


def _json(model: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _SCHEMAS.format(model=model)}}}


_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}
_DONE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "event": _TEXT,
        "seq": {"type": "integer"},
        "type": _TEXT,
        "supersedes": {"type": ["string", "null"]},
        "levels": {"type": "object", "additionalProperties": _TEXT},
        "not_opened": {**_TEXTS, "description": "Levels agreed to that stay closed all the same."},
        "not_closed": {**_TEXTS, "description": "Levels said no to that stay open all the same."},
        "why": {"type": "object", "additionalProperties": _TEXT, "description": "Why, by level."},
        "recalls": {**_TEXTS, "description": "The recalls that it opened."},
        "answered": {**_TEXTS, "description": "The open questions that it answered."},
        "still_agreed": {**_TEXTS, "description": "After a no: studies of the patient that stay agreed to."},
        "others_who_may_be_this_patient": {"type": "integer", "description": "After a no: other numbers."},
        "head": {"type": "integer", "description": "The head of the record now."},
    },
    "required": ["event", "seq", "type", "levels", "not_opened", "not_closed", "recalls", "head"],
}
_FAULT: dict[str, Any] = {"type": "object", "properties": {"field": _TEXT, "message": _TEXT}}
_FAULTS: dict[str, Any] = {
    "type": "object",
    "properties": {"message": _TEXT, "faults": {"type": "array", "items": _FAULT}},
    "required": ["faults"],
}
