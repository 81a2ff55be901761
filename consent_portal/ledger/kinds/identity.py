"""Who is who, as a person found it: numbers merged or taken apart, a slip confirmed, a study separated (ADR 0140).

Each stands in every history that it concerns (hazards H1 and H12). None holds a name, number or date of birth: studies
are told by their UIDs, patients by their random keys.
"""

from pydantic import Field

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary, Tone
from consent_portal.ledger.payload import Payload

COMPARED_WORDS = {
    "name": "Name",
    "birth-date": "Date of birth",
    "address": "Address",
    "number": "Number, as the records office has it",
}
"""What can be compared besides the number, by the word that is recorded."""


class Finding(Payload):
    """Why somebody says so, and which identifiers they compared: at least two."""

    compared: tuple[str, ...] = Field(min_length=2)
    reason: str = Field(min_length=1)


class PatientsMerged(Finding):
    """Two numbers were found to be one person's."""

    other_patient: str
    """Key of the patient who was joined."""
    study_uid: str
    other_study_uid: str
    """The two studies whose details were compared."""


class PatientsUnmerged(Payload):
    """The merge that `supersedes` names no longer holds; what was recorded since stays where it was recorded."""

    other_patient: str
    reason: str = Field(min_length=1)


class IdentityConfirmed(Finding):
    """Details that disagree were found to be a slip: these records are one person's."""

    versions: tuple[tuple[str, int], ...]
    """Studies, each with the number of its details (`registers.identity.Version`)."""


class StudySeparated(Finding):
    """The study is another person's than its number says; it stands under a patient of its own since."""

    other_patient: str
    """In the history of the number: whose it is now; in the new one: whose number it bears."""


def _summary(found: Finding | PatientsUnmerged) -> Summary:
    return Summary(text=found.reason)


def _facts(found: Finding) -> Facts:
    compared = ", ".join(COMPARED_WORDS.get(word, word) for word in found.compared)
    return Fact("Compared", compared), Fact("Reason", found.reason)


def _facts_of_unmerging(unmerged: PatientsUnmerged) -> Facts:
    return (Fact("Reason", unmerged.reason),)


PATIENTS_MERGED = EventKind(
    EventType.PATIENTS_MERGED, PatientsMerged, "Two numbers joined", summary=_summary, facts=_facts
)
PATIENTS_UNMERGED = EventKind(
    EventType.PATIENTS_UNMERGED,
    PatientsUnmerged,
    "Two numbers taken apart",
    summary=_summary,
    facts=_facts_of_unmerging,
)
IDENTITY_CONFIRMED = EventKind(
    EventType.IDENTITY_CONFIRMED, IdentityConfirmed, "Found the same person", summary=_summary, facts=_facts
)
STUDY_SEPARATED = EventKind(
    EventType.STUDY_SEPARATED, StudySeparated, "Found another person's study", Tone.ASK, summary=_summary, facts=_facts
)
