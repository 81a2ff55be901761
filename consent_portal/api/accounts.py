"""What the gate asks: who has an account, and whether a password is right (docs/interfaces.md, ADR 0120)."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

import structlog
from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from consent_portal.api import shapes
from consent_portal.api.token import require
from consent_portal.contract import Shape
from consent_portal.ledger.continuity import LedgerClosed
from consent_portal.parts import parts
from consent_portal.services.users import signing_in
from consent_portal.services.users.signing_in import OpenAccount

blueprint = Blueprint("accounts", __name__, url_prefix="/api/v1/accounts")
log = structlog.get_logger(__name__)

NOBODY_YET = (
    "No account was ever opened in this database, so it cannot say who has one. Start `aoa up` again, which opens "
    "those of secrets/users.json, or use `aoa user add`."
)

Text = Annotated[str, Field(min_length=1, max_length=1024, repr=False)]


class CheckRequest(Shape):
    """``POST /api/v1/accounts/check``; neither name nor password ever shows when it is printed."""

    contract: Literal[1]
    user: Annotated[str, Field(min_length=1, max_length=64, repr=False)]
    password: Text
    address: str = Field(max_length=64)


@blueprint.before_request
def _token() -> None:
    require(parts().settings.portal.accounts_token, "the gate's token: Authorization: Bearer <accounts-token>")


@blueprint.before_request
def _own_ledger() -> None:
    """Say nothing of the accounts of another ledger: an older one opens closed accounts; the gate knows them better."""
    missing = parts().continuity.gap()
    if missing:
        raise LedgerClosed(missing)


@blueprint.before_request
def _any_accounts() -> None:
    """Say nothing where all accounts were lost with the ledger: nobody would be let in to give care (H3)."""
    with parts().database.reading() as session:
        if not signing_in.has_accounts(session):
            raise LedgerClosed(NOBODY_YET)


@blueprint.get("")
def everybody() -> ResponseReturnValue:
    """List the open accounts, with what changes when a password does."""
    with parts().database.reading() as session:
        found = signing_in.open_accounts(session, _key())
    return jsonify(contract=1, accounts=[_told(one) for one in found])


@blueprint.post("/check")
def check() -> ResponseReturnValue:
    """Compare a password; too many wrong ones, and no more are compared for a while."""
    asked = shapes.read(request, CheckRequest)
    guesses = parts().guesses
    if guesses.are_too_many(asked.user, asked.address):
        log.warning("too many wrong passwords", door="orthanc", address=asked.address)
        return jsonify(message="Too many wrong passwords. Wait a quarter of an hour."), HTTPStatus.TOO_MANY_REQUESTS
    with parts().database.reading() as session:
        found = signing_in.check(session, asked.user, asked.password, _key())
    if found is None:
        guesses.note(asked.user, asked.address)
    return jsonify(contract=1, account=None if found is None else _told(found))


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])


def _told(one: OpenAccount) -> dict[str, Any]:
    return {"user": one.user, "role": one.role, "stamp": one.stamp}
