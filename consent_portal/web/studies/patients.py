"""All that left about one patient, on paper (R39)."""

from typing import Any

from flask import Blueprint, abort, render_template

from consent_portal.clock import utc_now
from consent_portal.parts import parts
from consent_portal.registers import studies as register
from consent_portal.services import queries
from consent_portal.web.frame.access import CARE, allowed
from consent_portal.web.frame.looks import looked_at
from consent_portal.web.identity.patient_words import patient_view
from consent_portal.web.identity.study_words import study_view
from consent_portal.web.releases.present import release_views

blueprint = Blueprint("patients", __name__, template_folder="templates", url_prefix="/patients")


@blueprint.get("/<uuid:patient>/releases")
@allowed(*CARE)
def releases(patient: Any) -> str:
    """Show every release of the patient's images, laid out for A4."""
    with parts().database.reading() as session:
        studies = register.of_patient(session, str(patient))
        if not studies:
            abort(404)
        left = queries.disclosures(session, str(patient), [study.study_uid for study in studies])
    looked_at("view-releases", patient_key=str(patient))
    views = {study.study_uid: study_view(study) for study in studies}
    words = {uid: (view.key, f"{view.what}, {view.words}") for uid, view in views.items()}
    return render_template(
        "patients/releases.html",
        patient=patient_view(str(patient), studies[0].patient),
        releases=release_views(reversed(left), words),
        show_patient=True,
        may_open_studies=True,
        made_at=utc_now(),
        contact=parts().settings.site.medical_illustration_contact,
    )
