"""Writes into the access journal who looked at what in the portal (F13, R69)."""

from flask_security import current_user

from consent_portal.ledger.journal import Access, note
from consent_portal.parts import parts
from consent_portal.registers.studies import Study
from consent_portal.web.frame.access import role_of_user


def looked_at(action: str, study: Study | None = None, patient_key: str | None = None) -> None:
    """Note that the signed-in person looked at a study, or at a patient."""
    seen = Access(
        user=current_user.username,
        role=str(role_of_user() or ""),
        action=action,
        study_key=study.key if study else None,
        patient_key=study.patient_key if study else patient_key,
    )
    with parts().database.writing() as session:
        note(session, seen)
