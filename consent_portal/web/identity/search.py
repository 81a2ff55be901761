"""From a search form to a DICOM query; wild cards as in DICOM PS3.4 C.2.2.2.4."""

from consent_portal.registers.finding import Criteria
from consent_portal.web.identity.search_form import FindStudy, FindTeachingStudy

SHOWN = 50
"""Studies on one page of results."""
ALIKE = 5
"""Names that sound alike, as a hint."""


def criteria_of(form: FindStudy) -> Criteria:
    """Return what was typed as what is searched for."""
    return Criteria(
        numbers=tuple(number for number in (form.number.data, form.hospital_number.data) if number),
        name=form.name.data or "",
        birth_date=form.birth_date.data,
        accession=form.accession.data or "",
        start=form.from_date.data,
        end=form.to_date.data,
        modality=form.modality.data or "",
    )


def teaching_query(form: FindTeachingStudy) -> dict[str, str]:
    """Return the query of a trainer: nothing that names anybody."""
    part = (form.body_part.data or "").upper()
    query = {
        "ModalitiesInStudy": form.modality.data,
        "BodyPartExamined": f"*{part}*" if part else "",
        "StudyDate": f"{form.year.data}0101-{form.year.data}1231" if form.year.data else "",
    }
    return {keyword: value for keyword, value in query.items() if value}
