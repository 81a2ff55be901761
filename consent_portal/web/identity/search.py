"""From a search form to a DICOM query; wild cards as in DICOM PS3.4 C.2.2.2.4."""

from datetime import date

from consent_portal.web.identity.search_form import FindStudy, FindTeachingStudy

SHOWN = 50
"""Studies on one page of results."""


def query_of(form: FindStudy) -> dict[str, str]:
    """Return DICOM keywords and values for what was typed; empty fields are left out."""
    digits = "".join(character for character in form.number.data or "" if character.isalnum())
    query = {
        "PatientID": digits or form.hospital_number.data,
        "PatientName": _name(form.name.data or ""),
        "AccessionNumber": form.accession.data,
        "StudyDate": _dates(form.from_date.data, form.to_date.data),
        "ModalitiesInStudy": form.modality.data,
    }
    return {keyword: value for keyword, value in query.items() if value}


def teaching_query(form: FindTeachingStudy) -> dict[str, str]:
    """Return the query of a trainer: nothing that names anybody."""
    part = (form.body_part.data or "").upper()
    query = {
        "ModalitiesInStudy": form.modality.data,
        "BodyPartExamined": f"*{part}*" if part else "",
        "StudyDate": f"{form.year.data}0101-{form.year.data}1231" if form.year.data else "",
    }
    return {keyword: value for keyword, value in query.items() if value}


def _name(typed: str) -> str:
    family, _comma, given = (part.strip() for part in typed.partition(","))
    if not family:
        return ""
    name = f"{family}^{given}*" if given else f"{family}*"
    return name.replace("**", "*")


def _dates(start: date | None, end: date | None) -> str:
    if not start and not end:
        return ""
    return f"{start:%Y%m%d}-{end:%Y%m%d}" if start and end else f"{start:%Y%m%d}-" if start else f"-{end:%Y%m%d}"
