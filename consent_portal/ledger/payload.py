"""What payloads of several kinds of event are made of, checked strictly: an unknown field or a wrong type never enters.

No payload holds the patient's own identifiers: those live in the register, so that they can be corrected or erased
while the chain stays whole.
"""

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer


class Payload(BaseModel):
    """Base of all payloads: immutable, strict, nothing extra."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Said(Payload):
    """Base of what somebody said, or said of it."""

    seconds_behind: int = Field(default=0, ge=0)
    """How far the writer's clock stood before the ledger's last entry; what it agreed to is then held (ADR 0124)."""


Received = Literal["in person", "by telephone", "in writing", "on a tablet", "not recorded"]
NOT_RECORDED: Received = "not recorded"


class Heard(Said):
    """Base of an answer that somebody took: how it came, and who took it (GMC 24; policy.md, "Events").

    They are written only where they were said, so that an entry without them reads as it always did.
    """

    received: Received = NOT_RECORDED
    taken_by: str = ""

    @model_serializer(mode="wrap")
    def _as_said(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = written(self)
        unsaid: dict[str, tuple[object, ...]] = {"received": (NOT_RECORDED,), "taken_by": ("",), "purposes": ((), [])}
        return {name: value for name, value in fields.items() if value not in unsaid.get(name, ())}


class SaidNo(Heard):
    """Base of a no: it may name uses that no level covers (ADR 0144)."""

    purposes: tuple[str, ...] = ()
    """Uses that are refused, taken back or objected to by name, such as ``research``."""


class GrantorKind(StrEnum):
    """On whose authority consent is given (GMC 31-34, hazard H9)."""

    PATIENT = "patient"
    PARENTAL_RESPONSIBILITY = "parental-responsibility"
    LASTING_POWER_OF_ATTORNEY = "lasting-power-of-attorney"
    DEPUTY = "deputy"
    REPRESENTATIVE = "representative"
    OTHER = "other"


GRANTOR_WORDS = {
    GrantorKind.PATIENT: "The patient",
    GrantorKind.PARENTAL_RESPONSIBILITY: "A person with parental responsibility",
    GrantorKind.LASTING_POWER_OF_ATTORNEY: "An attorney under a lasting power of attorney (LPA)",
    GrantorKind.DEPUTY: "A deputy appointed by the court",
    GrantorKind.REPRESENTATIVE: "A representative",
    GrantorKind.OTHER: "Somebody else with authority",
}


class Grantor(Payload):
    """Who gave (or changed) the consent."""

    kind: GrantorKind = GrantorKind.PATIENT
    name: str = ""
    evidence: str = ""


class CapacityAnswer(StrEnum):
    """Whether the patient can decide this, now (GMC 28-30)."""

    YES = "yes"
    NO = "no"
    BEST_INTERESTS = "best interests"


CAPACITY_WORDS = {
    CapacityAnswer.YES: "Yes, the patient has capacity for this decision",
    CapacityAnswer.NO: "No, somebody with authority decided",
    CapacityAnswer.BEST_INTERESTS: "No, a best interests decision was made",
}


class Capacity(Payload):
    """The answer, and who assessed it."""

    answer: CapacityAnswer
    assessor: str = ""
    presumed: bool = False
    """Nobody was asked: it goes without saying (ADR 0141)."""

    @property
    def words(self) -> str:
        """Return the answer in words."""
        if not self.presumed:
            return CAPACITY_WORDS[self.answer]
        if self.answer is CapacityAnswer.YES:
            return "Presumed: nobody found that the patient could not decide"
        return "Not assessed: somebody with authority answered"
