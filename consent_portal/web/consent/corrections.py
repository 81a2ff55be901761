"""Entered in error: mark an event so, with a reason; and the list of what was (hazard H1)."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, TextAreaField

from consent_portal.ledger import store
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.kinds.invalidated import Invalidated
from consent_portal.parts import parts
from consent_portal.registers import studies as register
from consent_portal.registers.studies import Study
from consent_portal.services import acts, queries
from consent_portal.web.consent import form_rules
from consent_portal.web.consent.actor import actor
from consent_portal.web.consent.entry_form import may_be_corrected
from consent_portal.web.consent.events import event_view
from consent_portal.web.consent.telling import tell
from consent_portal.web.frame.access import Role, allowed
from consent_portal.web.frame.event_words import event_name, event_summary
from consent_portal.web.frame.fields import AtMost, Form, Needed
from consent_portal.web.frame.templating import moment
from consent_portal.web.identity.lookup import registered_study
from consent_portal.web.identity.study_words import study_view
from consent_portal.web.releases.present import release_views

blueprint = Blueprint("corrections", __name__, template_folder="templates")


class EnteredInError(Form):
    """Why something that is recorded was never said."""

    never_said = BooleanField(
        _l("Yes: this was recorded by mistake, and was not said by or for this patient"),
        [Needed(_l("Confirm that it was recorded by mistake. What was said and taken back is a withdrawal."))],
    )
    reason = TextAreaField(
        _l("Why was it recorded?"),
        [Needed(_l("Enter why it was recorded by mistake.")), AtMost(500)],
        description=_l("For example that the form belongs to another patient. The reason stays with the record."),
    )


@blueprint.route("/studies/<uuid:study>/entered-in-error/<uuid:event>", methods=["GET", "POST"])
@allowed(Role.MEDICAL_ILLUSTRATION)
def mark(study: Any, event: Any) -> str | Response:
    """Mark an event as entered in error; it stays to be read and no longer counts."""
    known = registered_study(str(study))
    with parts().database.reading() as session:
        wrong = _own(session, known, str(event))
        left = _left_since(session, known, wrong)
    form = EnteredInError()
    act = _marked(known, wrong, form) if form.validate_on_submit() else None
    if act is not None:
        flash(_("It is marked as entered in error and no longer counts."), "success")
        tell(act)
        return redirect(url_for("studies.show", study=known.key))
    return render_template(
        "consent/error.html", study=study_view(known), form=form, event=event_view(wrong), releases=release_views(left)
    )


def _own(session: Session, study: Study, event_id: str) -> Event:
    found = {event.id: event for event in queries.history(session, study)}.get(event_id)
    if found is None or not may_be_corrected(found):
        abort(404)
    return found


def _left_since(session: Session, study: Study, wrong: Event) -> list[queries.Disclosure]:
    left = queries.disclosures(session, study.patient_key, [study.study_uid])
    return [one for one in reversed(left) if one.event.seq > wrong.seq]


def _marked(study: Study, wrong: Event, form: EnteredInError) -> acts.Act | None:
    try:
        with parts().database.writing() as session:
            return acts.invalidate(session, study, wrong.id, form.reason.data or "", actor(session))
    except Refusal as refusal:
        form_rules.tell(form, refusal.faults)
        return None


@dataclass(frozen=True)
class Correction:
    """One event that was entered in error, as the list shows it. `left` is what left while it counted."""

    what: str
    summary: str
    recorded_by: str
    noted: str
    noted_by: str
    reason: str
    study_key: str
    left: int


@blueprint.get("/entered-in-error")
@allowed(Role.CALDICOTT_GUARDIAN, Role.MEDICAL_ILLUSTRATION)
def index() -> str:
    """List everything that was entered in error, newest first."""
    with parts().database.reading() as session:
        notes = reversed(store.events_of_type(session, EventType.INVALIDATED))
        rows = [row for row in (_correction(session, note) for note in notes) if row is not None]
    return render_template("consent/errors.html", corrections=rows)


def _correction(session: Session, note: Event) -> Correction | None:
    wrong = store.event(session, note.supersedes or "")
    if wrong is None or not isinstance(note.payload, Invalidated):
        return None
    study = _study_of(session, wrong)
    left = queries.disclosures(session, wrong.patient_key, [wrong.scope.study_uid])
    return Correction(
        what=event_name(wrong),
        summary=event_summary(wrong),
        recorded_by=wrong.recorded_by,
        noted=moment(note.recorded_at),
        noted_by=note.recorded_by,
        reason=note.payload.reason,
        study_key=study.key if study else "",
        left=sum(wrong.seq < one.event.seq < note.seq for one in left),
    )


def _study_of(session: Session, event: Event) -> Study | None:
    if event.scope.study_uid:
        return register.by_uid(session, event.scope.study_uid)
    return next(iter(register.of_patient(session, event.patient_key)), None)
