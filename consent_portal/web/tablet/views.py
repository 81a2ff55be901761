"""Asking on a tablet: the staff member prepares the page and hands it over; the patient answers it without a login."""

import base64
import json
from io import BytesIO
from typing import Any

import segno
from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from consent_portal.ledger.checks import Refusal
from consent_portal.parts import parts
from consent_portal.registers import studies as register
from consent_portal.registers.studies import Study
from consent_portal.sealing import Sealing
from consent_portal.services import acts, queries
from consent_portal.tasks import asks, tablets
from consent_portal.tasks.tablets import Tablet
from consent_portal.web.frame.access import CARE, Role, allowed, role_of_user
from consent_portal.web.frame.policy_in_force import policy_in_force
from consent_portal.web.identity.lookup import present_study, registered_study
from consent_portal.web.identity.study_words import study_view
from consent_portal.web.tablet import signing
from consent_portal.web.tablet.forms import HandOver, PatientsAnswer
from consent_portal.web.tablet.words import words_in

blueprint = Blueprint("tablet", __name__, template_folder="templates")
STAFF = (Role.CLINICIAN, Role.MEDICAL_ILLUSTRATION)
_SALT = "tablet"


@blueprint.route("/studies/<uuid:study>/tablet", methods=["GET", "POST"])
@allowed(*STAFF)
def prepare(study: Any) -> ResponseReturnValue:
    """Prepare the page for the patient."""
    known = present_study(str(study))
    form = HandOver(requesting_clinician=_who_asked())
    if form.validate_on_submit() and _could_be_signed(form, known):
        with parts().database.writing() as session:
            page = tablets.open_tablet(
                session, known.key, current_user.username, form.language.data, signing.asked_by(form, known)
            )
        return redirect(url_for("tablet.hand_over", study=known.key, tablet=page.id))
    return render_template("tablet/prepare.html", study=study_view(known), form=form)


def _who_asked() -> str:
    """Return who asked the question that the page is opened from; empty where it is opened from none."""
    with parts().database.reading() as session:
        ask = asks.get(session, request.args.get("question", ""))
    mine = ask is not None and (
        role_of_user() is Role.MEDICAL_ILLUSTRATION or ask.requested_by == current_user.username
    )
    return ask.requested_by if ask is not None and mine else ""


@blueprint.get("/studies/<uuid:study>/tablet/<uuid:tablet>")
@allowed(*STAFF)
def hand_over(study: Any, tablet: Any) -> str:
    """Show where the page is, and what came of it."""
    page = _own(str(study), str(tablet))
    address = url_for("tablet.answer", token=_signer().dumps(page.id), _external=False)
    public = f"{parts().settings.portal.public_url.rstrip('/')}{address}"
    return render_template(
        "tablet/hand_over.html",
        study=study_view(registered_study(page.study)),
        page=page,
        address=public,
        language=words_in(page.language).native,
    )


@blueprint.get("/studies/<uuid:study>/tablet/<uuid:tablet>/code.svg")
@allowed(*STAFF)
def code(study: Any, tablet: Any) -> Response:
    """Draw the address of the page as a QR code, for the tablet's camera."""
    page = _own(str(study), str(tablet))
    address = url_for("tablet.answer", token=_signer().dumps(page.id))
    held = BytesIO()
    segno.make(f"{parts().settings.portal.public_url.rstrip('/')}{address}", error="m").save(held, "svg", scale=5)
    return Response(held.getvalue(), mimetype="image/svg+xml")


@blueprint.post("/studies/<uuid:study>/tablet/<uuid:tablet>/here")
@allowed(*STAFF)
def here(study: Any, tablet: Any) -> ResponseReturnValue:
    """Sign the staff member out on this device, and show the patient the page."""
    page = _own(str(study), str(tablet))
    logout_user()
    return redirect(url_for("tablet.answer", token=_signer().dumps(page.id)))


@blueprint.post("/studies/<uuid:study>/tablet/<uuid:tablet>/stop")
@allowed(*STAFF)
def stop(study: Any, tablet: Any) -> ResponseReturnValue:
    """Close a page that will not be answered; nothing is recorded."""
    page = _own(str(study), str(tablet))
    with parts().database.writing() as session:
        tablets.stop(session, page.id)
    flash(_("The page on the tablet is closed. Nothing was recorded."), "success")
    return redirect(url_for("studies.show", study=page.study))


@blueprint.route("/tablet/<token>", methods=["GET", "POST"])
def answer(token: str) -> ResponseReturnValue:
    """Ask the patient; open to whoever was handed the address, names nobody, and is answered once."""
    page = _by_token(token)
    words = words_in(page.language)
    if not page.is_open:
        return render_template("tablet/closed.html", words=words, thanks=page.status == tablets.ANSWERED)
    form = PatientsAnswer()
    form.speak(words)
    refusal = _signed(page, form) if form.validate_on_submit() else None
    if form.is_submitted() and not form.errors and refusal is None:
        return redirect(url_for("tablet.answered", token=token))
    for_patient = json.loads(page.asked_by)["grantor"] != "patient"
    return render_template("tablet/answer.html", words=words, form=form, for_patient=for_patient, refusal=refusal)


@blueprint.get("/tablet/<token>/answered")
def answered(token: str) -> str:
    """Thank the patient."""
    page = _by_token(token)
    return render_template("tablet/closed.html", words=words_in(page.language), thanks=page.status == tablets.ANSWERED)


@blueprint.get("/studies/<uuid:study>/signed/<uuid:event>")
@allowed(*CARE)
def signed(study: Any, event: Any) -> str:
    """Show what was signed, as the patient saw it."""
    known = registered_study(str(study))
    return render_template("tablet/signed.html", study=study_view(known), event=event, **_opened(known, str(event)))


@blueprint.get("/studies/<uuid:study>/signed/<uuid:event>/signature.png")
@allowed(*CARE)
def signature(study: Any, event: Any) -> Response:
    """Show the signature as it was drawn."""
    drawn = _opened(registered_study(str(study)), str(event))["shown"]["signature"]
    if not drawn:
        abort(404)
    return Response(base64.b64decode(drawn), mimetype="image/png")


def _could_be_signed(form: HandOver, study: Study) -> bool:
    try:
        signing.check(form, study, current_user.username)
    except Refusal as refusal:
        form.form_errors.append(str(refusal))
        return False
    return True


def _signed(page: Tablet, form: PatientsAnswer) -> str | None:
    """Record the answers; returns why they could not be, None where they were."""
    try:
        with parts().database.writing() as session:
            present = tablets.get(session, page.id)
            study = register.by_key(session, page.study)
            if study is None or present is None or not present.is_open:
                return None  # answered meanwhile, on the same page: the next page says so
            if json.loads(page.asked_by)["person"] != signing.person(study):
                tablets.stop(session, page.id)  # the page was made for somebody else: nothing is recorded
                return None
            signing.sign(session, present, study, form, words_in(page.language), _sealing(), _actor(session, page))
    except Refusal as refusal:
        return str(refusal)
    return None


def _actor(session: Session, page: Tablet) -> acts.Actor:
    return acts.Actor(page.user, policy_in_force(session))


def _opened(study: Study, event: str) -> dict[str, Any]:
    with parts().database.reading() as session:
        sealed = tablets.signed(session, event)
        own = {one.id for one in queries.history(session, study)}
    shown = _sealing().open(sealed) if sealed and event in own else None
    if shown is None:
        abort(404)
    return {"shown": json.loads(shown)}


def _sealing() -> Sealing:
    return Sealing(str(current_app.config["SECRET_KEY"]), signing.PURPOSE)


def _own(study: str, tablet_id: str) -> Tablet:
    with parts().database.reading() as session:
        page = tablets.get(session, tablet_id)
    if page is None or page.user != current_user.username or page.study != study:
        abort(404)
    return page


def _by_token(token: str) -> Tablet:
    try:
        tablet_id = str(_signer().loads(token))
    except BadSignature:
        abort(404)
    with parts().database.reading() as session:
        page = tablets.get(session, tablet_id)
    if page is None:
        abort(404)
    return page


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=_SALT)
