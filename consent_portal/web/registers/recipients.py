"""The places that may receive images: add one, end one, see what one still lacks (R13, R55)."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consent_portal.clock import local_day, utc_now
from consent_portal.parts import parts
from consent_portal.registers import recipients
from consent_portal.registers.recipients import Recipient
from consent_portal.web.frame.access import Role, allowed, role_of_user
from consent_portal.web.registers.forms import KINDS, NewRecipient

blueprint = Blueprint("recipients", __name__, template_folder="templates", url_prefix="/recipients")
READERS = (Role.CALDICOTT_GUARDIAN, Role.MEDICAL_ILLUSTRATION, Role.CLINICIAN, Role.TRAINER)


@dataclass(frozen=True)
class RecipientView:
    """A recipient as the register shows it."""

    key: str
    name: str
    kind: Any
    until: Any
    current: bool
    closed: bool
    lacks: tuple[str, ...]


def _view(recipient: Recipient) -> RecipientView:
    today = local_day(utc_now())
    return RecipientView(
        key=recipient.key,
        name=recipient.name,
        kind=KINDS[recipient.kind],
        until=recipient.contract_end,
        current=recipient.is_current(today),
        closed=recipient.closed,
        lacks=tuple(recipient.environment_faults(today)) if recipient.secure_environment else (),
    )


@blueprint.get("")
@allowed(*READERS)
def index() -> str:
    """List the register."""
    with parts().database.reading() as session:
        rows = [_view(recipient) for recipient in recipients.every(session)]
    guardian = role_of_user() is Role.CALDICOTT_GUARDIAN
    return render_template("recipients/index.html", recipients=rows, may_change=guardian)


@blueprint.route("/new", methods=["GET", "POST"])
@allowed(Role.CALDICOTT_GUARDIAN)
def add() -> str | Response:
    """Enter a recipient."""
    form = NewRecipient()
    if form.validate_on_submit() and _added(form):
        flash(_("The recipient is in the register."), "success")
        return redirect(url_for("recipients.index"))
    return render_template("recipients/new.html", form=form)


def _added(form: NewRecipient) -> bool:
    with parts().database.writing() as session:
        if recipients.get(session, form.key.data or "") is not None:
            form.key.errors = [_("There is already a recipient of that short name. Choose another.")]
            return False
        try:
            recipients.save(session, form.recipient(), current_user.username)
        except ValueError as fault:
            form.key.errors = [str(fault)]
            return False
    return True


@blueprint.post("/<key>/end")
@allowed(Role.CALDICOTT_GUARDIAN)
def end(key: str) -> Response:
    """End a recipient: nothing more goes there; what went stays on record."""
    with parts().database.writing() as session:
        found = recipients.get(session, key)
        if found is None:
            abort(404)
        recipients.save(session, replace(found, closed=True), current_user.username)
    flash(_("The recipient is ended. Nothing more can be sent there."), "success")
    return redirect(url_for("recipients.index"))
