"""No, not any more, and please not: none of them harder than a consent (R19, R39, R40; combining rule 2)."""

from datetime import date
from typing import ClassVar, Literal, TypedDict

from pydantic import Field
from sqlalchemy.orm import Session

from consent_portal.ledger import payloads as p
from consent_portal.ledger.payload import Received
from consent_portal.services import acts
from consent_portal.services.acts import Act, Actor, Subject
from consent_portal.services.statements.statement import EVERY_OTHER_USE, Levels, Name, Scoped, Words


class Heard(TypedDict):
    """What the ledger keeps of whoever said no."""

    grantor: p.Grantor
    received: Received
    taken_by: str
    reason: str
    purposes: tuple[str, ...]


class SayingNo(Scoped):
    """What every no has in common."""

    levels: Levels = Field((), description="Only these levels; without it, every use beyond the patient's own care.")
    day: date | None = Field(None, description="The day on which it was said; today when left out.")
    told_by: p.GrantorKind = Field(p.GrantorKind.PATIENT, description="Who said it. Nobody has to prove who they are.")
    name: Name = Field("", description="The name of whoever said it for the patient, if known.")
    reason: Words = Field("", description="What was said, in a sentence. Nobody has to give a reason.")

    purposes: tuple[Literal["research", "research-capture", "commercial"], ...] = Field(
        (), description="A use that no level covers, by its name; with it, only the levels that are named."
    )

    @property
    def meant(self) -> Levels:
        """Return the levels that it is about: none but those named, where a use is named."""
        return self.levels or (() if self.purposes else EVERY_OTHER_USE)

    @property
    def heard(self) -> Heard:
        """Return who said it, how it came, who took it, why, and which uses it names."""
        who = p.Grantor(kind=self.told_by, name=self.name)
        return {
            "grantor": who,
            "received": self.received,
            "taken_by": self.taken_by,
            "reason": self.reason,
            "purposes": self.purposes,
        }


class Refusing(SayingNo):
    """Record that the patient said no when asked. It closes what was open, and calls back what left."""

    clinician: Name = Field("", description="The clinician who asked, or for whom was asked.")

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        said = p.Refused(
            levels=self.meant,
            requesting_clinician=self.clinician,
            **self.heard,
        )
        return acts.refuse(session, subject, said, actor, self.day)


class Withdrawing(SayingNo):
    """Record that the patient took consent back. It opens a recall for everything that left under it."""

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        said = p.Withdrawn(levels=self.meant, **self.heard)
        return acts.withdraw(session, subject, said, actor, self.day)


class Objecting(SayingNo):
    """Record an objection or a request for erasure; also by number, before there is any study."""

    by_number: ClassVar[bool] = True
    kind: Literal["objection", "erasure-request"] = Field("objection", description="What it is.")

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        said = p.Objection(kind=self.kind, levels=self.meant, **self.heard)
        return acts.object_to(session, subject, said, actor, self.day)
