"""The series and images of a study, to choose one that a consent covers."""

from flask_babel import gettext as _

from consent_portal.orthanc import OrthancAway
from consent_portal.parts import parts
from consent_portal.registers.studies import Study
from consent_portal.web.identity.study_words import modality_words

MOST_IMAGES = 60
"""Photographs are chosen one by one; the slices of a volume are not."""


def series_choices(study: Study) -> list[tuple[str, str]]:
    """Return Series Instance UIDs with words; none when Orthanc is away: the study can still be recorded as a whole."""
    if not study.orthanc_id:
        return []
    try:
        found = parts().orthanc.series(study.orthanc_id)
    except (OrthancAway, LookupError):
        return []
    return [(one.series_uid, _words(one.number, one.modality, one.description)) for one in found]


def image_choices(study: Study) -> list[tuple[str, str]]:
    """Return SOP Instance UIDs with words; none when Orthanc is away, or where a list of them would help nobody."""
    if not study.orthanc_id or sum(content.count for content in study.contents) > MOST_IMAGES:
        return []
    try:
        found = parts().orthanc.images(study.orthanc_id)
    except (OrthancAway, LookupError):
        return []
    return [(one.instance_uid, _("Image %(number)s", number=one.number or place)) for place, one in enumerate(found, 1)]


def _words(number: str, modality: str, description: str) -> str:
    return " · ".join(part for part in (number, modality_words(modality), description) if part)
