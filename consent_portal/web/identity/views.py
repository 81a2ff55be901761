"""Check who this is: details that disagree, numbers that are one person's, studies that are another's (H1, H12)."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consent_portal.ledger import store
from consent_portal.ledger.checks import Refusal
from consent_portal.parts import parts
from consent_portal.registers import joining, persons
from consent_portal.registers import studies as register
from consent_portal.registers.identity import FIRST_TOLD
from consent_portal.registers.studies import Study
from consent_portal.services import identity
from consent_portal.services.identity import Finding
from consent_portal.web.frame.access import Role, allowed
from consent_portal.web.frame.fields import Form
from consent_portal.web.frame.looks import looked_at
from consent_portal.web.identity.disagreeing import disagreements
from consent_portal.web.identity.finding_forms import OTHER, ComparingForm, FindingForm, OtherNumberForm, UndoForm
from consent_portal.web.identity.lookup import registered_study
from consent_portal.web.identity.study_words import study_view
from consent_portal.web.identity.who_words import (
    compared,
    detail_words,
    details_words,
    finding_views,
    person_view,
    record_views,
)

blueprint = Blueprint("identity", __name__, template_folder="templates", url_prefix="/identity")
KEEPERS = (Role.MEDICAL_ILLUSTRATION, Role.CALDICOTT_GUARDIAN)
"""Who settles whose a study is."""


blueprint.add_app_template_global(disagreements)


@blueprint.get("")
@allowed(*KEEPERS)
def index() -> str:
    """List the patients whose recordings disagree in their details."""
    with parts().database.reading() as session:
        people = [person_view(doubt) for doubt in identity.doubtful(session)]
    return render_template("identity/index.html", people=people)


@blueprint.route("/patients/<uuid:patient>", methods=["GET", "POST"])
@allowed(*KEEPERS)
def person(patient: Any) -> str | Response:
    """Show all that stands under a patient's numbers, and find another number that is the same person's."""
    form = OtherNumberForm()
    with parts().database.reading() as session:
        known = _known(session, str(patient))
        other = _of_number(session, form, known) if form.validate_on_submit() else None
        shown = _shown(session, known)
    if other is not None:
        return redirect(url_for("identity.join", study=known[0].key, other=other.key))
    looked_at("view-identity", patient_key=str(patient))
    return render_template("identity/person.html", form=form, undo=UndoForm(), **shown)


def _known(session: Session, patient_key: str) -> list[Study]:
    """Return the studies under a patient's numbers, those under this very number first."""
    found = register.of_patients(session, joining.joined(session, [patient_key]))
    if not found:
        abort(404)
    return sorted(found, key=lambda study: study.patient_key != patient_key)


def _shown(session: Session, known: list[Study]) -> dict[str, Any]:
    first = known[0]
    doubt = identity.doubt_about(session, first)
    others = {other.key: other for study in known[:1] for other in persons.candidates(session, study)}
    found = store.seen(session, joining.findings(session, joining.joined(session, [first.patient_key])))
    return {
        "patient": study_view(first).patient,
        "first": first.key,
        "disagrees": detail_words(doubt.details) if doubt else "",
        "records": record_views(known, doubt.differences if doubt else {}),
        "others": [study_view(other) for other in others.values()],
        "findings": finding_views(found, _keys(session, known, found)),
    }


def _keys(session: Session, known: list[Study], found: list[Any]) -> dict[str, str]:
    uids = {study.study_uid for study in known} | {event.scope.study_uid for event in found}
    uids |= {uid for event in found for uid in _named(event)}
    studies = (register.by_uid(session, uid) for uid in uids if uid)
    return {study.study_uid: study.key for study in studies if study}


def _named(event: Any) -> set[str]:
    return {getattr(event.payload, "study_uid", ""), getattr(event.payload, "other_study_uid", "")}


def _of_number(session: Session, form: OtherNumberForm, known: list[Study]) -> Study | None:
    """Return a study under the number that was typed; None, with a message at the field, where there is none."""
    found = register.of_number(session, form.number.data or "", form.issuer.data or "")
    others = [study for study in found if study.patient_key not in {one.patient_key for one in known}]
    if len({study.patient_key for study in others}) == 1:
        return others[0]
    form.number.errors = [
        _("The register holds this number from several issuers: enter who issued it.")
        if others
        else _("No other patient in the register has this number. Find the study first, so that it is registered.")
    ]
    return None


@blueprint.route("/studies/<uuid:study>", methods=["GET", "POST"])
@allowed(*KEEPERS)
def study(study: Any) -> str | Response:
    """Say whose a study is whose details disagree with others."""
    known = registered_study(str(study))
    form = FindingForm()
    with parts().database.reading() as session:
        records = _records(session, known)
    form.offer((key, words) for key, (_uid, words) in records.items())
    if form.validate_on_submit() and _acted(form, lambda session: _found(session, known, form, records)):
        flash(_("Recorded in the history of everybody it concerns."), "success")
        return redirect(url_for("studies.show", study=known.key))
    with parts().database.reading() as session:
        others = [one for one in _known(session, known.patient_key) if one.key != known.key]
        rows = [(study_view(other), compared(known, other)) for other in others]
    looked_at("view-identity", known)
    return render_template(
        "identity/study.html", study=study_view(known), form=form, rows=_telling(rows), disagrees=bool(records)
    )


def _records(session: Session, known: Study) -> dict[str, tuple[str, str]]:
    """Return the records that the study disagrees with, by a key that tells nothing: each with its UID and words."""
    found: dict[str, tuple[str, str]] = {}
    for record in identity.opposed(session, known):
        uid, words = record.version.study_uid, details_words(record.details)
        other = register.by_uid(session, uid)
        if other is not None:
            found[other.key] = uid, " · ".join(part for part in (words, study_view(other).words) if part)
        else:
            found[uid.removeprefix(FIRST_TOLD)] = uid, _("%(words)s · as first registered", words=words)
    return found


def _found(session: Session, known: Study, form: FindingForm, records: dict[str, tuple[str, str]]) -> None:
    if form.finding.data == OTHER:
        identity.separate(session, known, _finding(form), _user())
    else:
        same_as, _words = records.get(form.same_as.data or "", ("", ""))
        identity.confirm(session, known, same_as, _finding(form), _user())


def _telling(rows: list[Any]) -> list[Any]:
    """Put the records that differ first."""
    return sorted(rows, key=lambda row: not any(line.differs for line in row[1]))


@blueprint.route("/studies/<uuid:study>/join/<uuid:other>", methods=["GET", "POST"])
@allowed(*KEEPERS)
def join(study: Any, other: Any) -> str | Response:
    """Join two numbers of one person, after comparing two identifiers."""
    one, another = registered_study(str(study)), registered_study(str(other))
    form = ComparingForm()
    if form.validate_on_submit() and _acted(
        form, lambda session: identity.merge(session, one, another, _finding(form), _user())
    ):
        flash(_("The two numbers are joined. A refusal under either counts for both."), "success")
        return redirect(url_for("identity.person", patient=one.patient_key))
    looked_at("view-identity", one)
    looked_at("view-identity", another)
    lines = compared(one, another)
    return render_template(
        "identity/join.html", study=study_view(one), other=study_view(another), form=form, lines=lines
    )


@blueprint.post("/studies/<uuid:study>/part/<uuid:other>")
@allowed(*KEEPERS)
def part(study: Any, other: Any) -> Response:
    """Take two joined numbers apart again."""
    one, another = registered_study(str(study)), registered_study(str(other))
    return _undone(one, lambda session, why: identity.unmerge(session, one, another, why, _user()))


@blueprint.post("/studies/<uuid:study>/undo/<uuid:event>")
@allowed(*KEEPERS)
def undo(study: Any, event: Any) -> Response:
    """Mark a confirmation or separation as entered in error."""
    known = registered_study(str(study))
    return _undone(known, lambda session, why: identity.undo(session, known, str(event), why, _user()))


def _undone(study: Study, act: Callable[[Session, str], object]) -> Response:
    form = UndoForm()
    if form.validate_on_submit() and _acted(form, lambda session: act(session, form.reason.data or "")):
        flash(_("Undone. Both the finding and its undoing stay in the history."), "success")
    else:
        messages = [*form.form_errors, *(form.reason.errors or ())]
        flash(" ".join(str(message) for message in messages) or _("Nothing was changed."), "warning")
    present = registered_study(study.key)
    return redirect(url_for("identity.person", patient=present.patient_key))


def _acted(form: Form, act: Callable[[Session], object]) -> bool:
    try:
        with parts().database.writing() as session:
            act(session)
    except Refusal as refusal:
        form.form_errors.append(str(refusal))
        return False
    return True


def _finding(form: ComparingForm) -> Finding:
    return Finding(form.reason.data or "", tuple(form.compared.data or ()))


def _user() -> str:
    return str(current_user.username)
