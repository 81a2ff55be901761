"""The series of a study, to choose one that a consent covers."""

from consent_portal.orthanc import OrthancAway
from consent_portal.parts import parts
from consent_portal.registers.studies import Study
from consent_portal.web.identity.study_words import modality_words


def series_choices(study: Study) -> list[tuple[str, str]]:
    """Return Series Instance UIDs with words; none when Orthanc is away: the study can still be recorded as a whole."""
    if not study.orthanc_id:
        return []
    try:
        found = parts().orthanc.series(study.orthanc_id)
    except (OrthancAway, LookupError):
        return []
    return [(one.series_uid, _words(one.number, one.modality, one.description)) for one in found]


def _words(number: str, modality: str, description: str) -> str:
    return " · ".join(part for part in (number, modality_words(modality), description) if part)
