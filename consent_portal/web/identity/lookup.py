"""From the random key in an address to the thing it stands for; an unknown key is a 404, whoever asks (F4)."""

from flask import abort

from consent_portal.orthanc import OrthancAway
from consent_portal.parts import parts
from consent_portal.registers import studies as register
from consent_portal.registers.studies import Study
from consent_portal.registers.unchanged import as_told
from consent_portal.services.departments import find_out
from consent_portal.services.telling import tell


def registered_study(key: str) -> Study:
    """Return the study as the register knows it; 404 for an unknown key."""
    with parts().database.reading() as session:
        study = register.by_key(session, key)
    if study is None:
        abort(404)
    return study


def present_study(key: str) -> Study:
    """Return the study with what Orthanc says of it now, or as last known when Orthanc is away or no longer has it.

    The page of a consent must open without Orthanc: a withdrawal cannot wait for it.
    """
    study = registered_study(key)
    portal = parts()
    departments = portal.settings.of_departments
    if departments:
        find_out(portal.database, portal.orthanc, departments, [study.study_uid])
        study = registered_study(key)  # it may have turned out to be another department's
    try:
        subject = portal.orthanc.study_by_uid(study.study_uid)
    except OrthancAway:
        return study
    if subject is None:
        return study
    with portal.database.reading() as session:
        found = as_told(session, subject) or register.known(session, subject)
    if (found.patient_key, found.details_version) == (study.patient_key, study.details_version):
        return found
    # It stands under another number, or bears other details than before: nothing may be recorded for the person that
    # it was thought to be of, and what left is looked at again.
    with portal.database.writing() as session:
        return tell(session, subject)
