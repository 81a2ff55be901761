"""Find a study, and see what is agreed for it, what it may be used for and why, and what left."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template

from consent_portal.ledger.events import Event
from consent_portal.parts import parts
from consent_portal.registers import persons
from consent_portal.registers.finding import alike_in_sound
from consent_portal.registers.studies import Study
from consent_portal.services import queries
from consent_portal.services.search import search as find_studies
from consent_portal.tasks import asks, recalls
from consent_portal.web.consent.events import history_view
from consent_portal.web.consent.purposes import purpose_rows, shown
from consent_portal.web.frame import wording
from consent_portal.web.frame.access import CARE, Role, allowed, role_of_user
from consent_portal.web.frame.looks import looked_at
from consent_portal.web.identity.disagreeing import look_up
from consent_portal.web.identity.lookup import present_study
from consent_portal.web.identity.search import ALIKE, SHOWN, criteria_of
from consent_portal.web.identity.search_form import FindStudy
from consent_portal.web.identity.study_words import StudyView, study_view
from consent_portal.web.releases.present import release_views
from consent_portal.web.studies.summaries import summary_of

blueprint = Blueprint("studies", __name__, template_folder="templates", url_prefix="/studies")


@dataclass(frozen=True)
class May:
    """What the reader may do from the study's page."""

    record: bool
    withdraw: bool
    request: bool


@blueprint.get("")
@allowed(*CARE)
def find() -> str:
    """Show the empty search form."""
    return render_template("studies/find.html", form=FindStudy(), results=None, warning=None)


@blueprint.post("")
@allowed(*CARE)
def search() -> str:
    """Search Orthanc; what was typed travels in the body and is never kept."""
    form = FindStudy()
    if not form.validate_on_submit():
        return render_template("studies/find.html", form=form, results=None, warning=None)
    results = find_studies(parts().orthanc, parts().database, criteria_of(form), SHOWN, parts().settings.of_departments)
    looked_at("search")
    look_up(study.patient_key for study in results.studies)
    return render_template(
        "studies/find.html",
        form=form,
        results=[study_view(study) for study in results.studies],
        more=results.more,
        archive_away=results.archive_away,
        alike=_alike(form) if not results.studies else [],
        warning=form.number_warning(),
    )


def _alike(form: FindStudy) -> list[StudyView]:
    """Return studies of patients whose names sound like what was typed, for whoever found nothing."""
    with parts().database.reading() as session:
        return [study_view(study) for study in alike_in_sound(session, form.name.data or "", ALIKE)]


@blueprint.get("/<uuid:study>")
@allowed(*CARE)
def show(study: Any) -> str:
    """Show a study with its consent."""
    portal = parts()
    known = present_study(str(study))
    looked_at("view-study", known)
    with portal.database.reading() as session:
        events = queries.history(session, known)
        summary = summary_of(session, known)
        releases = queries.disclosures_among(session, events)
        recalled = recalls.of_releases(session, [release.event.id for release in releases])
        others = [study_view(other) for other in persons.candidates(session, known)]
        open_asks = asks.waiting_of(session, known.key)
    return render_template(
        "studies/show.html",
        study=study_view(known),
        summary=summary,
        purposes_shown=shown(purpose_rows(summary)),
        events=history_view(_concerning(events, known)),
        releases=release_views(_of_study(releases, known), recalled=recalled),
        asks=[{"id": ask.id, "words": wording.purpose_name(ask.purpose)} for ask in open_asks],
        others=others,
        recorded=summary.consent.recorded,
        may=_may(),
    )


def _concerning(events: Iterable[Event], study: Study) -> list[Event]:
    item = study.item
    return [event for event in events if event.scope.touches(item)]


def _of_study(releases: list[queries.Disclosure], study: Study) -> list[queries.Disclosure]:
    item = study.item
    return [release for release in reversed(releases) if release.event.scope.touches(item)]


def _may() -> May:
    role = role_of_user()
    return May(
        record=role is Role.MEDICAL_ILLUSTRATION,
        withdraw=role in CARE,
        request=role is Role.CLINICIAN,
    )
