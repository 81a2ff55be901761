"""What something is said about: a patient, and how much of the recordings."""

from dataclasses import dataclass

from consent_portal.ledger.scope import Scope
from consent_portal.registers.studies import Study


@dataclass(frozen=True)
class Target:
    """What a command is about: a patient (by random key) and how much of the patient's recordings.

    Attributes
    ----------
    recorded_from : str
        Study Instance UID of the study that was open. What reaches over to others counts only where their details agree
        with its details (ADR 0139); a scope of one study is recorded from that study.
    """

    patient_key: str
    scope: Scope
    recorded_from: str = ""

    @classmethod
    def study(cls, patient_key: str, study_uid: str, accession: str = "") -> "Target":
        """Return one study as the target."""
        return cls(patient_key, Scope.study(study_uid, accession))

    @classmethod
    def from_study(cls, study: Study, scope: Scope) -> "Target":
        """Return something wider, or a part, as the target while that study is open."""
        return cls(study.patient_key, scope, study.study_uid)
