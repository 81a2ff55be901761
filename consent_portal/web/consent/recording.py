"""From a filled-in form to what the ledger records."""

from datetime import date
from typing import cast

from consent_portal.ledger import payloads as p
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.scope import Scope, ScopeKind
from consent_portal.registers.studies import Study
from consent_portal.web.consent.forms import AmendForm, ConsentForm, WithdrawForm

STATES = {"yes": LevelState.ACCEPTED, "no": LevelState.DECLINED, "not-chosen": LevelState.NOT_CHOSEN}


def scope_of(study: Study, kind: str, series_uid: str = "", episode: str = "") -> Scope:
    """Return the scope that was chosen on a form."""
    match ScopeKind(kind):
        case ScopeKind.PATIENT:
            return Scope.patient()
        case ScopeKind.EPISODE:
            return Scope(kind=ScopeKind.EPISODE, episode=episode)
        case ScopeKind.SERIES:
            return Scope(
                kind=ScopeKind.SERIES, study_uid=study.study_uid, accession=study.facts.accession, series_uid=series_uid
            )
        case _:
            return Scope.study(study.study_uid, study.facts.accession)


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
        grantor=_grantor(form.grantor.data, form.grantor_name.data, form.grantor_evidence.data),
        capacity=p.Capacity(answer=p.CapacityAnswer(form.capacity.data), assessor=form.capacity_assessor.data or ""),
        conditions=p.Conditions(named_publication=form.publication.data or "", text=form.conditions.data or ""),
        valid_from=form.valid_from.data,
        valid_to=form.valid_to.data,
        witness=form.witness.data or "",
        interpreter=form.interpreter.data or "",
        language=form.language.data or "",
        manner=form.manner.data,
        form_version=form.form_version.data or "",
        leaflet_version=form.leaflet(),
        reason=(form.amend_reason.data or "") if isinstance(form, AmendForm) else "",
    )


def _grantor(kind: str, name: str | None, evidence: str | None = None) -> p.Grantor:
    return p.Grantor(kind=p.GrantorKind(kind), name=name or "", evidence=evidence or "")


def withdrawn_of(form: WithdrawForm) -> p.Withdrawn:
    """Return the withdrawal as the form says it."""
    levels: tuple[Level, ...] = tuple(form.levels())
    return p.Withdrawn(
        levels=levels,
        grantor=_grantor(form.told_by.data, form.told_by_name.data),
        received=form.received.data,
        reason=form.reason.data or "",
    )
