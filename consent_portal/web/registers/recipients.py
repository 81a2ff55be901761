"""The places that may receive images: add one, bring it up to date, end it, see what one still lacks (R13, R55)."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consent_portal.clock import local_day, utc_now
from consent_portal.parts import parts
from consent_portal.registers import recipients
from consent_portal.registers.recipients import Recipient, countries
from consent_portal.web.frame.access import Role, allowed, role_of_user
from consent_portal.web.registers.forms import KINDS, ChangedRecipient, NewRecipient, shown

blueprint = Blueprint("recipients", __name__, template_folder="templates", url_prefix="/recipients")
KEEPERS = (Role.CALDICOTT_GUARDIAN, Role.DEPARTMENT_ADMIN)
"""Who keeps the register (docs/decisions/0137); what makes a place an audited secure environment is the Guardian's."""
READERS = (*KEEPERS, Role.MEDICAL_ILLUSTRATION, Role.CLINICIAN, Role.TRAINER)


@dataclass(frozen=True)
class RecipientView:
    """A recipient as the register shows it."""

    key: str
    name: str
    kind: Any
    country: str
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
        country=countries().get(recipient.country, ""),
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
    return render_template("recipients/index.html", recipients=rows, may_change=role_of_user() in KEEPERS)


@blueprint.route("/new", methods=["GET", "POST"])
@allowed(*KEEPERS)
def add() -> str | Response:
    """Enter a recipient."""
    form = NewRecipient()
    form.guardian = _is_guardian()
    if form.validate_on_submit() and _added(form):
        flash(_("The recipient is in the register."), "success")
        return redirect(url_for("recipients.index"))
    return render_template("recipients/new.html", form=form)


def _added(form: NewRecipient) -> bool:
    key = form.key.data or ""
    with parts().database.writing() as session:
        if recipients.get(session, key) is not None:
            form.key.errors = [_("There is already a recipient of that short name. Choose another.")]
            return False
        try:
            recipients.save(session, form.recipient(key), current_user.username)
        except ValueError as fault:
            form.key.errors = [str(fault)]
            return False
    return True


@blueprint.route("/<key>", methods=["GET", "POST"])
@allowed(*KEEPERS)
def change(key: str) -> str | Response:
    """Bring a recipient up to date."""
    with parts().database.reading() as session:
        found, version = recipients.get(session, key), recipients.version(session, key)
    if found is None or found.closed:
        abort(404)
    form = ChangedRecipient(data={**shown(found), "seen": version})
    form.guardian, form.before = _is_guardian(), found
    if form.validate_on_submit() and _changed(form, key):
        flash(_("The recipient is up to date."), "success")
        return redirect(url_for("recipients.index"))
    return render_template("recipients/change.html", form=form, recipient=_view(found))


def _changed(form: ChangedRecipient, key: str) -> bool:
    """Save what the form says, unless somebody has changed the entry since it was shown."""
    with parts().database.writing() as session:
        present = recipients.version(session, key)
        if form.seen.data != present:
            form.seen.data = present
            form.name.errors = [
                _("Somebody has changed this recipient meanwhile. Compare with the register, then save again.")
            ]
            return False
        recipients.save(session, form.recipient(key), current_user.username)
    return True


def _is_guardian() -> bool:
    return role_of_user() is Role.CALDICOTT_GUARDIAN


@blueprint.post("/<key>/end")
@allowed(*KEEPERS)
def end(key: str) -> Response:
    """End a recipient: nothing more goes there; what went stays on record."""
    with parts().database.writing() as session:
        found = recipients.get(session, key)
        if found is None:
            abort(404)
        recipients.save(session, replace(found, closed=True), current_user.username)
    flash(_("The recipient is ended. Nothing more can be sent there."), "success")
    return redirect(url_for("recipients.index"))
