"""Studies for teaching, without anything that names anybody."""

from typing import Any

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from consent_portal.parts import parts
from consent_portal.registers.studies import Study
from consent_portal.services.search import entered, registered
from consent_portal.web.consent.purposes import purpose_rows, shown
from consent_portal.web.frame import wording
from consent_portal.web.frame.access import Role, allowed
from consent_portal.web.identity.lookup import present_study
from consent_portal.web.identity.search import teaching_query
from consent_portal.web.identity.search_form import FindTeachingStudy
from consent_portal.web.identity.study_words import plain_words
from consent_portal.web.studies.summaries import summary_of

blueprint = Blueprint("teaching", __name__, template_folder="templates", url_prefix="/teaching")
SHOWN = 20
MOST_LOOKED_AT = 100
"""How many of Orthanc's answers are looked at for those of the person's departments."""


@blueprint.get("")
@allowed(Role.TRAINER)
def find() -> str:
    """Show the empty search form."""
    return render_template("teaching/find.html", form=FindTeachingStudy(), results=None, more=False)


@blueprint.post("")
@allowed(Role.TRAINER)
def search() -> str:
    """Search by modality, body part and year."""
    form = FindTeachingStudy()
    results = _find(form) if form.validate_on_submit() else None
    more = results is not None and len(results) == SHOWN
    return render_template("teaching/find.html", form=form, results=results, more=more)


def _find(form: FindTeachingStudy) -> list[dict[str, Any]]:
    portal = parts()
    departments = portal.settings.of_departments
    found = portal.orthanc.find_studies(teaching_query(form), limit=MOST_LOOKED_AT if departments else SHOWN)
    seen = registered(portal.orthanc, portal.database, found, departments)[:SHOWN]
    whole = [portal.orthanc.study(study.orthanc_id) for study in seen]
    known = entered(portal.database, [subject for subject in whole if subject is not None])
    with portal.database.reading() as session:
        return [_row(session, study) for study in known]


def _row(session: Session, study: Study) -> dict[str, Any]:
    purposes = summary_of(session, study).purposes
    return {
        "key": study.key,
        "words": plain_words(study),
        "teaching": str(purposes["teaching"].outcome),
        "handout": str(purposes["handout"].outcome),
    }


@blueprint.get("/<uuid:study>")
@allowed(Role.TRAINER)
def show(study: Any) -> str:
    """Show what a study may be used for in teaching."""
    known: Study = present_study(str(study))
    with parts().database.reading() as session:
        summary = summary_of(session, known)
    return render_template(
        "teaching/show.html",
        words=plain_words(known),
        orthanc_id=known.orthanc_id,
        summary=summary,
        purposes_shown=shown(purpose_rows(summary, wording.TEACHING_PURPOSES)),
    )
