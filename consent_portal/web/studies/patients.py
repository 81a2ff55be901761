"""All that left about one patient, on paper (R39)."""

from typing import Any

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import store
from consent_portal.parts import parts
from consent_portal.registers import recipients
from consent_portal.registers import studies as register
from consent_portal.registers.studies import Study
from consent_portal.services import queries
from consent_portal.services.queries import Disclosure
from consent_portal.tasks import recalls
from consent_portal.web.frame.access import CARE, allowed
from consent_portal.web.frame.looks import looked_at
from consent_portal.web.frame.templating import day
from consent_portal.web.identity.patient_words import patient_view
from consent_portal.web.identity.study_words import StudyView, study_view
from consent_portal.web.studies.release_words import PatientRelease, gather, patient_release

blueprint = Blueprint("patients", __name__, template_folder="templates", url_prefix="/patients")


@blueprint.get("/<uuid:patient>/releases")
@allowed(*CARE)
def releases(patient: Any) -> str:
    """Show every release of the patient's images in the patient's words, laid out for A4."""
    with parts().database.reading() as session:
        studies = register.of_patient(session, str(patient))
        if not studies:
            abort(404)
        left = queries.disclosures(session, str(patient), [study.study_uid for study in studies])
        told = _told(session, list(reversed(left)), studies)
    looked_at("view-releases", patient_key=str(patient))
    return render_template(
        "patients/releases.html",
        patient=patient_view(str(patient), studies[0].patient),
        releases=told,
        made_at=utc_now(),
        contact=parts().settings.site.medical_illustration_contact,
    )


def _told(session: Session, left: list[Disclosure], studies: list[Study]) -> list[PatientRelease]:
    words = {study.study_uid: _what(study_view(study)) for study in studies}
    recalled = recalls.of_releases(session, [release.event.id for release in left])
    taken_back = store.events_of_ids(session, [recall.withdrawn_event for recall in recalled.values()])
    said = {event.id: event for event in taken_back}
    places = {one.key: one.name for one in recipients.every(session)}
    days, today = parts().settings.portal.recall_days, local_day(utc_now())
    return [
        patient_release(
            release,
            words.get(release.event.scope.study_uid, _("A study")),
            gather(recalled, said, release, places.get(release.released.recipient, "")),
            days,
            today,
        )
        for release in left
    ]


def _what(view: StudyView) -> str:
    return ", ".join(filter(None, (view.what, day(view.date))))
