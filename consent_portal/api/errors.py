"""Every error is JSON that says what is wrong and what to do; none of them is ever a permit."""

import structlog
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from consent_portal.database import cannot_write
from consent_portal.ledger.continuity import LedgerClosed
from consent_portal.services.disclosures import Stopped
from consent_portal.services.faults import BadRequest

log = structlog.get_logger()


def _bad_request(error: BadRequest) -> ResponseReturnValue:
    return jsonify(faults=[vars(fault) for fault in error.faults]), 400


def _stopped(error: Stopped) -> ResponseReturnValue:
    return jsonify(reasons=[vars(reason) for reason in error.reasons]), 409


def _http(error: HTTPException) -> ResponseReturnValue:
    return jsonify(message=error.description), error.code or 500


def _closed(error: LedgerClosed) -> ResponseReturnValue:
    return jsonify(message=str(error)), 503


def _database(error: SQLAlchemyError) -> ResponseReturnValue:
    # The driver's text would hold the values of the statement, so only the kind of the error is logged.
    log.error("database failed", kind=type(error).__name__)
    if isinstance(error, DBAPIError) and cannot_write(error):
        told = "The ledger cannot be written: its disk is full, or may not be written. Nothing was decided or recorded."
        return jsonify(message=told, because="room"), 503
    return jsonify(message="The ledger cannot be reached; nothing was decided or recorded. Try again shortly."), 503


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.error("request failed", kind=type(error).__name__)
    return jsonify(message="The portal failed on this request; nothing was decided. See the portal's log."), 500


def install(blueprint: Blueprint) -> None:
    """Answer every error of the blueprint's views."""
    blueprint.register_error_handler(BadRequest, _bad_request)
    blueprint.register_error_handler(Stopped, _stopped)
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(LedgerClosed, _closed)
    blueprint.register_error_handler(SQLAlchemyError, _database)
    blueprint.register_error_handler(Exception, _unexpected)
