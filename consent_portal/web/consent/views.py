"""Record, amend and withdraw consent, and ask for an amendment. Every POST adds to the ledger and changes nothing."""

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.levels import Level
from consent_portal.ledger.scope import Scope
from consent_portal.parts import parts
from consent_portal.policy.model import Decision, Outcome
from consent_portal.registers import studies
from consent_portal.registers.recipients import SELF
from consent_portal.registers.studies import Study
from consent_portal.services import acts, queries
from consent_portal.services.effect import Effect
from consent_portal.services.possible_outcome import would_be
from consent_portal.services.record_head import Moved
from consent_portal.tasks import asks, recalls
from consent_portal.tasks.asks import Ask
from consent_portal.web.consent import entry_form, form_rules
from consent_portal.web.consent.actor import actor
from consent_portal.web.consent.events import facts_of
from consent_portal.web.consent.forms import AmendForm, ConsentForm, WithdrawForm
from consent_portal.web.consent.made_from import MadeFrom, check, made_from, moved
from consent_portal.web.consent.prefill import as_recorded, last_event, offered, said_yes_to
from consent_portal.web.consent.reach import reach_of
from consent_portal.web.consent.recording import given_of, scope_of, withdrawn_of
from consent_portal.web.consent.telling import tell, tell_what_is_elsewhere, tell_what_stays_open
from consent_portal.web.frame.access import CARE, Role, allowed
from consent_portal.web.frame.policy_in_force import policy_in_force
from consent_portal.web.identity.lookup import present_study, registered_study
from consent_portal.web.identity.study_words import study_view
from consent_portal.web.work.forms import RequestAmendment
from consent_portal.web.work.recall_words import recall_views

blueprint = Blueprint("consent", __name__, template_folder="templates", url_prefix="/studies/<uuid:study>")
Writer = Callable[[Session, acts.Subject, p.Given, acts.Actor], acts.Act]


@blueprint.route("/record", methods=["GET", "POST"])
@allowed(Role.MEDICAL_ILLUSTRATION)
def record(study: Any) -> str | Response:
    """Record what was agreed."""
    known = present_study(str(study))
    form = ConsentForm(scope="study", **said_yes_to())
    known_series = offered(form, known)
    made_from = _written(known, form, acts.record)
    if made_from is None:
        flash(_("The consent is recorded."), "success")
        return redirect(url_for("studies.show", study=known.key))
    return render_template(
        "consent/record.html", study=study_view(known), form=form, series_known=known_series, made_from=made_from
    )


@blueprint.route("/amend", methods=["GET", "POST"])
@allowed(Role.MEDICAL_ILLUSTRATION)
def amend(study: Any) -> str | Response:
    """Record amended consent; the earlier record stays (R38)."""
    known = present_study(str(study))
    form = AmendForm(scope="study", **{**as_recorded(known), **said_yes_to(left_alone=True)})
    known_series = offered(form, known)
    made_from = _written(known, form, acts.amend)
    if made_from is None:
        flash(_("The amendment is recorded. The earlier record is kept."), "success")
        return redirect(url_for("studies.show", study=known.key))
    return render_template(
        "consent/amend.html",
        study=study_view(known),
        form=form,
        series_known=known_series,
        before=_before(known),
        made_from=made_from,
    )


def _written(study: Study, form: ConsentForm, act: Writer) -> MadeFrom | None:
    """Record what was filled in; returns what the form is made from where it has to be shown, None where it is done."""
    seen = made_from(study)
    if not form.validate_on_submit():
        return seen
    try:
        with parts().database.writing() as session:
            check(session, study, seen)
            scope = scope_of(study, form)
            given = given_of(form, current_user.username)
            done = act(session, acts.Subject(study, scope), given, actor(session))
    except Moved:
        return moved(study, form, seen)
    except Refusal as refusal:
        form_rules.tell(form, refusal.faults)
        return seen
    tell(done)
    return None


def _before(study: Study) -> dict[str, Any]:
    with parts().database.reading() as session:
        status = queries.status(session, study)
    last = last_event(status)
    return {
        "levels": [(level, str(status.state(level))) for level in Level],
        "states": {level: str(status.state(level)) for level in Level},
        "facts": facts_of(last) if last else [],
    }


@blueprint.route("/withdraw", methods=["GET", "POST"])
@allowed(*CARE)
def withdraw(study: Any) -> str | Response:
    """Take consent back: whoever the patient tells can record it, in no more steps than giving it (R19)."""
    known = registered_study(str(study))
    form = WithdrawForm(told_on=local_day(utc_now()))
    with parts().database.reading() as session:
        reach = reach_of(session, known)
        left = len(queries.disclosures(session, known.patient_key, [known.study_uid]))
    form.offer_others(reach.choices)
    act = _withdrawn(known, form) if form.validate_on_submit() else None
    if act is not None:
        _tell_what_is_withdrawn(known, act.effect)
        tell_what_is_elsewhere(act.event)
        return redirect(url_for("consent.withdrawn", study=known.key))
    return render_template("consent/withdraw.html", study=study_view(known), form=form, left=left, reach=reach)


def _withdrawn(study: Study, form: WithdrawForm) -> acts.Act | None:
    subject = entry_form.subject(study, form.scope.data)
    try:
        with parts().database.writing() as session:
            recorder, payload, day_told = actor(session), withdrawn_of(form), form.told_on.data
            for key in form.others.data or ():
                other = studies.of_patient(session, key)[0]
                acts.withdraw(session, acts.Subject(other, Scope.patient()), payload, recorder, day_told)
            return acts.withdraw(session, subject, payload, recorder, day_told)
    except Refusal as refusal:
        form_rules.tell(form, refusal.faults)
        return None


def _tell_what_is_withdrawn(study: Study, idle: Effect) -> None:
    """Say what is true of the person, not of the row: what stays agreed is named (hazards H2 and H8)."""
    with parts().database.reading() as session:
        stays = reach_of(session, study).agreed
    if idle.not_closed:
        flash(_("The withdrawal is recorded."), "success")
        tell_what_stays_open(idle)
    elif stays:
        flash(_("The withdrawal is recorded for what you chose."), "success")
        words = ngettext(
            "Not everything is withdrawn: %(num)d study stays agreed, listed below.",
            "Not everything is withdrawn: %(num)d studies stay agreed, listed below.",
            stays,
        )
        flash(words, "warning")
    else:
        flash(_("The withdrawal is recorded. Nothing more leaves for what was withdrawn."), "success")


@blueprint.get("/withdrawn")
@allowed(*CARE)
def withdrawn(study: Any) -> str:
    """Say what happens after a withdrawal, and which releases must be called back."""
    known = registered_study(str(study))
    with parts().database.reading() as session:
        days = parts().settings.portal.recall_days
        reach = reach_of(session, known)
        rows = [
            row
            for key in sorted({known.patient_key, *(record.study.patient.key for record in reach.everything)})
            for row in recall_views(session, recalls.of_patient(session, key), days)
        ]
    return render_template("consent/withdrawn.html", study=study_view(known), recalls=rows, reach=reach)


@blueprint.route("/request", methods=["GET", "POST"])
@allowed(Role.CLINICIAN)
def request_amendment(study: Any) -> str | Response:
    """Ask that the patient be asked for a further use (R38)."""
    known = present_study(str(study))
    form = RequestAmendment()
    ask = _asked(known, form) if form.validate_on_submit() else None
    if ask:
        flash(_("The question is open. You can follow it here."), "success")
        return redirect(url_for("asks.show", ask=ask.id))
    contact = parts().settings.site.medical_illustration_contact
    return render_template("consent/request.html", study=study_view(known), form=form, contact=contact)


def _asked(study: Study, form: RequestAmendment) -> Ask | None:
    with parts().database.writing() as session:
        decision = would_be(session, [study], form.purpose.data, Role.CLINICIAN, policy_in_force(session))
        if decision.outcome is Outcome.ASK:
            return asks.open_ask(session, _wanted(study, form, decision))
    if decision.outcome is Outcome.PERMIT:
        form.purpose.errors = [_("This use is already permitted: export the study in Orthanc.")]
    else:
        why = " ".join(reason.text for reason in decision.reasons)
        form.purpose.errors = [_("Asking cannot open this use: %(why)s", why=why)]
    return None


def _wanted(study: Study, form: RequestAmendment, decision: Decision) -> asks.Wanted:
    named = f"{current_user.username}|{form.purpose.data}|{study.key}"
    return asks.Wanted(
        decision="",  # asked by a person in the portal, so no export's decision stands behind it
        requested_by=current_user.username,
        role=Role.CLINICIAN,
        purpose=form.purpose.data,
        recipient=SELF,
        studies=(study.key,),
        questions=tuple(asks.ToAsk(one.whom, one.what) for one in decision.questions),
        reasons=tuple(asks.AskReason(one.rule, one.text, one.source) for one in decision.reasons),
        reason_given=form.reason.data or "",
        digest=hashlib.sha256(named.encode()).hexdigest(),
    )
