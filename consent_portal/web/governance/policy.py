"""The rules in force, with their sources; the Caldicott Guardian signs the switches (R65)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consent_portal.ledger.payloads import PolicySigned
from consent_portal.parts import parts
from consent_portal.policy.model import Situation
from consent_portal.services import house
from consent_portal.web.frame.access import Role, allowed, role_of_user
from consent_portal.web.frame.limits import count_wrong_password, refuse_guessing
from consent_portal.web.frame.policy_in_force import policy_in_force
from consent_portal.web.governance.forms import SIGNATURE, SignPolicy

blueprint = Blueprint("policy", __name__, template_folder="templates", url_prefix="/policy")
READERS = (Role.CALDICOTT_GUARDIAN, Role.CLINICIAN, Role.MEDICAL_ILLUSTRATION, Role.TRAINER)


@blueprint.get("")
@allowed(*READERS)
def show() -> str:
    """Show the decision table and the switches."""
    return _page(SignPolicy())


def _page(form: SignPolicy) -> str:
    portal = parts()
    with portal.database.reading() as session:
        policy = policy_in_force(session)
    wanted = {key for key, on in portal.settings.site.switches.items() if on}
    switches = [(switch, key in wanted, key in policy.on) for key, switch in policy.switches.items()]
    guardian = role_of_user() is Role.CALDICOTT_GUARDIAN
    return render_template(
        "policy/show.html",
        policy=policy,
        rows=[row for row in policy.rows if row.purposes],
        situations=tuple(Situation),
        switches=switches,
        guardian_contact=portal.settings.site.caldicott_guardian_contact,
        form=form if guardian and wanted else None,
    )


@blueprint.post("")
@allowed(Role.CALDICOTT_GUARDIAN)
def sign() -> str | Response:
    """Put the switches that the site has turned on into force, with the password fresh."""
    form = SignPolicy()
    if not form.validate_on_submit():
        return _page(form)
    refuse_guessing()
    if not current_user.verify_and_update_password(form.password.data):
        count_wrong_password()
        form.password.errors = [_("That is not your password. Check it and try again.")]
        return _page(form)
    _signed()
    flash(_("The policy is signed and in force."), "success")
    return redirect(url_for("policy.show"))


def _signed() -> None:
    portal = parts()
    on: tuple[Any, ...] = tuple(key for key, wanted in sorted(portal.settings.site.switches.items()) if wanted)
    signed = PolicySigned(policy_version=portal.policy.version, switches=on, note=SIGNATURE)
    with portal.database.writing() as session:
        house.sign_policy(session, signed, current_user.username)
