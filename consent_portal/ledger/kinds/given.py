"""GIVEN and AMENDED: consent as it was given on a form or in words, and changed later (R37, R38, R42; GMC 24-25)."""

from datetime import date
from typing import Literal

from pydantic import Field

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import (
    EventKind,
    Fact,
    Facts,
    Summary,
    Tone,
    Vocabulary,
    of_clock,
    of_grantor,
    of_hearing,
)
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.payload import Capacity, Grantor, Heard, Payload

MANNER_WORDS = {"written": "in writing", "oral": "orally"}


class Conditions(Payload):
    """What the patient tied the consent to."""

    purposes: tuple[str, ...] = ()
    """Further purposes agreed to by name, such as ``research``."""
    named_publication: str = ""
    """Consent for one publication only; other publications ask again."""
    commercial: bool | None = None
    commercial_data: str = ""
    """The exact nature of the data that a company will see (S0 L147)."""
    commercial_confidentiality: str = ""
    """The confidentiality arrangements that the patient was told of (S0 L147)."""
    research_project: str = ""
    """Register key of the research project whose information sheet and form were signed (R51)."""
    ethics_reference: str = ""
    duo: tuple[str, ...] = ()
    """Data Use Ontology codes."""
    genomic: bool = False
    text: str = ""


class Given(Heard):
    """What was agreed to, by whom, how, and how it is known."""

    levels: dict[Level, LevelState]
    """Answers by level; a level that is not named is "not chosen"."""
    requesting_clinician: str = Field(min_length=1)
    discussed_on: date
    explained_by: str = ""
    recorder: str = ""
    grantor: Grantor = Grantor()
    capacity: Capacity
    making_consent: Literal["explicit", "implicit", "not recorded"] = "not recorded"
    conditions: Conditions = Conditions()
    valid_from: date | None = None
    valid_to: date | None = None
    review_age: int | None = Field(default=None, ge=0, le=25)
    witness: str = ""
    interpreter: str = ""
    language: str = ""
    manner: Literal["written", "oral", "not recorded"] = "not recorded"
    form_version: str = ""
    scan_sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    leaflet_version: str = ""
    briefed_by: str = ""
    """Staff member who explained it at the imaging visit (R41)."""
    accessible_format: str = ""
    reason: str = ""


def _summary(given: Given) -> Summary:
    return Summary(answers=given.levels)


def _facts(given: Given) -> Facts:
    return (
        Fact("Requesting clinician", given.requesting_clinician),
        Fact("Discussed on", given.discussed_on),
        Fact("Explained by", given.explained_by),
        *of_grantor(given.grantor),
        Fact("Capacity", given.capacity.words),
        Fact("Capacity assessed by", given.capacity.assessor),
        Fact("Given", MANNER_WORDS.get(given.manner)),
        *of_hearing(given),
        Fact("Making of the recording", given.making_consent.replace("not recorded", "")),
        Fact("Valid from", given.valid_from),
        Fact("Valid until", given.valid_to),
        *_of_conditions(given.conditions),
        Fact("Review at the age of", str(given.review_age or "")),
        Fact("Witness", given.witness),
        Fact("Interpreter", given.interpreter),
        Fact("Language", given.language),
        Fact("Consent form version", given.form_version),
        Fact("Leaflet version", given.leaflet_version),
        Fact("Briefed by", given.briefed_by),
        Fact("Accessible format", given.accessible_format),
        Fact("Reason for the amendment", given.reason),
        *of_clock(given),
    )


def _of_conditions(conditions: Conditions) -> Facts:
    return (
        *(Fact("Also agreed to", purpose, Vocabulary.PURPOSE) for purpose in conditions.purposes),
        Fact("Named publication", conditions.named_publication),
        Fact("Conditions", conditions.text),
        Fact("Commercial use", {True: "Yes", False: "No", None: ""}[conditions.commercial]),
        Fact("Commercial use: the data", conditions.commercial_data),
        Fact("Commercial use: confidentiality", conditions.commercial_confidentiality),
        Fact("Research project", conditions.research_project),
        Fact("Ethics reference", conditions.ethics_reference),
        Fact("Data Use Ontology", ", ".join(conditions.duo)),
        Fact("Genomic data", "Yes" if conditions.genomic else ""),
    )


GIVEN = EventKind(
    EventType.GIVEN, Given, "Consent recorded", Tone.PERMIT, correctable=True, summary=_summary, facts=_facts
)
AMENDED = EventKind(
    EventType.AMENDED, Given, "Consent amended", Tone.PERMIT, correctable=True, summary=_summary, facts=_facts
)
