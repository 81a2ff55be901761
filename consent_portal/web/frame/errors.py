"""Pages for when something is wrong: what happened, what it means, what to do next; never an identifier.

Errors of the machine interface stay with that interface: a bearer-token client gets JSON from `consent_portal.api`.
"""

import secrets
from dataclasses import dataclass, replace

import structlog
from flask import Flask, Response, current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _
from flask_security import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as Answer

from consent_portal.database import cannot_write
from consent_portal.ledger.continuity import LedgerClosed
from consent_portal.orthanc import OrthancAway
from consent_portal.parts import parts
from consent_portal.web.frame.access import KEEP, MACHINE_BLUEPRINTS, OPEN_ENDPOINTS, to_login

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Explanation:
    """The words of one error page."""

    title: str
    happened: str
    next_step: str


EXPLANATIONS = {
    400: Explanation(
        _("That request could not be understood"),
        _("Something in the request was missing or malformed. Nothing was changed."),
        _("Go back, check what you entered and try again."),
    ),
    403: Explanation(
        _("You do not have access to this page"),
        _("Your role does not include this page. Nothing was changed."),
        _("If your work needs it, ask your system administrator to look at your role."),
    ),
    404: Explanation(
        _("Page not found"),
        _("There is nothing at this address, or it is not yours to see."),
        _("Check the address, or start from the home page."),
    ),
    405: Explanation(
        _("That cannot be done here"),
        _("This page does not take that kind of request. Nothing was changed."),
        _("Start again from the home page."),
    ),
    413: Explanation(
        _("That is too large"),
        _("What was sent is larger than this page accepts. Nothing was changed."),
        _("Shorten the text or send a smaller file."),
    ),
    429: Explanation(
        _("Too many attempts"),
        _("There were too many attempts in a short time, so this page is resting to keep accounts safe."),
        _("Wait 15 minutes and try again. If you have forgotten your password, ask your system administrator."),
    ),
    500: Explanation(
        _("Something went wrong"),
        _("The portal met a problem that it did not expect. Nothing was released because of it."),
        _("Try again. If it happens again, give the reference below to your system administrator."),
    ),
    503: Explanation(
        _("A part of the service is away"),
        _("A part that this page needs is not answering. Nothing was changed, and nothing leaves while it is away."),
        _("Try again in a few minutes. Direct care in Orthanc is not affected by the portal."),
    ),
}

EXPIRED_FORM = Explanation(
    _("This form can no longer be sent"),
    _(
        "A form can be sent only while you stay signed in as you were when you opened it. That has ended: after a time "
        "without use, or because you signed out or in again in another tab. Nothing was changed."
    ),
    _("Open the page again, sign in if you are asked to, and fill the form in once more. What you typed was not kept."),
)

FULL = Explanation(
    _("This could not be recorded"),
    _(
        "The portal's disk is full, or may not be written. Nothing was changed, and what you entered is not recorded: "
        "if the patient said no, that does not count here yet. While nothing can be recorded, nothing leaves for "
        "teaching, print, the internet or any other use than care."
    ),
    _(
        "Tell your system administrator now that the portal's disk needs room. Write down on paper what the patient "
        "said, and enter it here when this works again. What was agreed to can be read in Orthanc meanwhile, where "
        "direct care goes on; here the pages of patients open again when it can be recorded that they were."
    ),
)

ORTHANC_AWAY = Explanation(
    _("Orthanc is not answering"),
    _("Studies are found and described by Orthanc, and it did not answer. Nothing was changed."),
    _("Try again in a few minutes. If it stays away, tell your system administrator."),
)


LEDGER_CLOSED = Explanation(
    _("The ledger of this installation is not there"),
    "",
    _("Tell the Caldicott Guardian and your system administrator. What a patient says meanwhile goes on paper."),
)


def page(code: int, explanation: Explanation | None = None, reference: str | None = None) -> Response:
    """Render the error page of an HTTP status.

    Parameters
    ----------
    code
        HTTP status, 400 to 599.
    explanation
        Words to use instead of those of the status.
    reference
        Random text that also stands in the log, for a person to quote.

    Returns
    -------
    Response
        The page, with that status.
    """
    paper = url_for("paper.form") if explanation is FULL else None
    words = explanation or EXPLANATIONS.get(code) or EXPLANATIONS[500 if code >= 500 else 400]
    text = render_template("errors/page.html", code=code, words=words, reference=reference, paper=paper)
    return make_response(text, code)


def _http_error(error: HTTPException) -> Answer | HTTPException:
    if request.path.startswith(_MACHINES) and request.blueprint is None:
        return _for_machines(error)
    if request.blueprint in MACHINE_BLUEPRINTS or error.code is None or error.code < 400:
        return error
    if isinstance(error, InternalServerError):
        return _unexpected(error.original_exception or error)
    if isinstance(error, CSRFError):
        return _sent_from_an_earlier_session()
    answer = page(error.code)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            answer.headers[name] = value
    return answer


def _sent_from_an_earlier_session() -> Answer:
    """Lead on to where what was typed is given back; a form of somebody else, or of nobody's, is refused."""
    if request.endpoint in OPEN_ENDPOINTS:
        return page(400, EXPIRED_FORM)
    if not current_user.is_authenticated:
        return to_login()
    kept = current_app.extensions[KEEP](current_user.id)
    return redirect(request.path) if kept else page(400, EXPIRED_FORM)


_MACHINES = "/api/"


def _for_machines(error: HTTPException) -> Response:
    """Return JSON for an address or a method that the machine interface does not have: a program reads no page."""
    answer = jsonify(message=error.description)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            answer.headers[name] = value
    answer.status_code = error.code or 500
    return answer


def _unexpected(error: BaseException) -> Response:
    # The exception's text may quote what a person typed, so only its kind and the place are logged.
    reference = secrets.token_hex(4)
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_qualname}:{frame.tb_lineno}" if frame else "unknown"
    log.error("page failed", reference=reference, kind=type(error).__name__, place=place, endpoint=request.endpoint)
    return page(500, reference=reference)


def _orthanc_away(error: OrthancAway) -> Response:
    log.warning("orthanc away", kind=str(error), endpoint=request.endpoint)
    return page(503, ORTHANC_AWAY)


def _ledger_closed(error: LedgerClosed) -> Response:
    log.error("ledger closed", endpoint=request.endpoint)
    return page(503, replace(LEDGER_CLOSED, happened=str(error)))


def _ledger_away(error: OperationalError) -> Response:
    missing = "" if parts().database.is_there else parts().continuity.gap()
    if missing:
        return _ledger_closed(LedgerClosed(missing))
    # The driver's text holds the values of the statement, so only the kind of the error is logged.
    log.error("ledger away", kind=type(error.orig).__name__, endpoint=request.endpoint)
    parts().database.accounts.rollback()  # or the page itself could not look up who is signed in
    return page(503, FULL) if cannot_write(error) else page(503)


def install(app: Flask) -> None:
    """Register the error pages with `app`."""
    app.register_error_handler(OrthancAway, _orthanc_away)
    app.register_error_handler(LedgerClosed, _ledger_closed)
    app.register_error_handler(OperationalError, _ledger_away)
    app.register_error_handler(HTTPException, _http_error)
