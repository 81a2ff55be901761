"""From a filled-in form to what the ledger records."""

from datetime import date
from typing import cast

from consent_portal.ledger import payloads as p
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.scope import Scope, ScopeKind
from consent_portal.registers.studies import Study
from consent_portal.web.consent.forms import AmendForm, ConsentForm, WithdrawForm
from consent_portal.web.consent.shared_fields import grantor

STATES = {
    "yes": LevelState.ACCEPTED,
    "no": LevelState.DECLINED,
    "not-chosen": LevelState.NOT_CHOSEN,
    "unknown": LevelState.UNKNOWN,
    "not asked": LevelState.NOT_ASKED,
}


def scope_of(study: Study, form: ConsentForm) -> Scope:
    """Return the scope that was chosen on a form, with the dates and numbers that narrow or name it."""
    scope = _rung_of(study, form)
    return scope.model_copy(
        update={
            "date_from": form.recorded_from.data,
            "date_to": form.recorded_to.data,
            "photo_job": form.photo_job.data or "",
            "photo_image": form.photo_image.data or "",
        }
    )


def _rung_of(study: Study, form: ConsentForm) -> Scope:
    uid, accession = study.study_uid, study.facts.accession
    match ScopeKind(form.scope.data):
        case ScopeKind.PATIENT:
            return Scope.patient()
        case ScopeKind.EPISODE:
            return Scope(kind=ScopeKind.EPISODE, episode=form.episode.data or "")
        case ScopeKind.SERIES:
            return Scope(kind=ScopeKind.SERIES, study_uid=uid, accession=accession, series_uid=form.series.data or "")
        case ScopeKind.INSTANCE:
            return Scope(
                kind=ScopeKind.INSTANCE, study_uid=uid, accession=accession, instance_uid=form.image.data or ""
            )
        case ScopeKind.STUDY:
            return Scope.study(uid, accession)


def given_of(form: ConsentForm, recorder: str) -> p.Given:
    """Return the consent as the form says it; an amendment leaves out the levels that stay as they are."""
    amending = isinstance(form, AmendForm)
    answers = form.answers().items()
    levels = {level: STATES[answer] for level, answer in answers if not (amending and answer == "not-chosen")}
    return p.Given(
        levels=levels,
        requesting_clinician=form.requesting_clinician.data or "",
        discussed_on=cast("date", form.discussed_on.data),  # the form does not pass without it
        explained_by=form.explained_by.data or "",
        recorder=recorder,
        grantor=grantor(form.grantor.data, form.grantor_name.data, form.grantor_evidence.data),
        capacity=p.Capacity(answer=p.CapacityAnswer(form.capacity.data), assessor=form.capacity_assessor.data or ""),
        making_consent=form.making_consent.data,
        conditions=form.bound_to(form.publication.data or "", form.conditions.data or ""),
        valid_from=form.valid_from.data,
        valid_to=form.valid_to.data,
        witness=form.witness.data or "",
        interpreter=form.interpreter.data or "",
        language=form.language.data or "",
        manner=form.manner.data,
        received=form.received.data,
        taken_by=form.taken_by.data or "",
        form_version=form.form_version.data or "",
        leaflet_version=form.leaflet(),
        review_age=int(form.review_age.data) if form.review_age.data else None,
        briefed_by=form.briefed_by.data or "",
        accessible_format=form.accessible_format.data or "",
        reason=(form.amend_reason.data or "") if isinstance(form, AmendForm) else "",
    )


def withdrawn_of(form: WithdrawForm) -> p.Withdrawn:
    """Return the withdrawal as the form says it."""
    levels: tuple[Level, ...] = tuple(form.levels())
    return p.Withdrawn(
        levels=levels,
        purposes=form.purposes(),
        grantor=grantor(form.told_by.data, form.told_by_name.data),
        received=form.received.data,
        taken_by=form.taken_by.data or "",
        reason=form.reason.data or "",
    )
