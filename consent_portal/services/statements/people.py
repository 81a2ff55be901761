"""What is told of the patient, and of those who decide with them (GMC 28-35, 47-48; R44)."""

from datetime import date
from typing import Literal

from pydantic import Field
from sqlalchemy.orm import Session

from consent_portal.ledger import payloads as p
from consent_portal.ledger.scope import Scope
from consent_portal.registers.studies import Study
from consent_portal.services import acts_about_people
from consent_portal.services.acts import Act, Actor, Subject
from consent_portal.services.statements.statement import Line, Name, Statement, Words


class OfPatient(Statement):
    """What is true of the patient, whichever recording was open."""

    day: date | None = Field(None, description="The day on which it was said or found; today when left out.")

    def subject(self, study: Study) -> Subject:
        """Return all recordings of the study's patient."""
        return Subject(study, Scope.patient())


class AssessingCapacity(OfPatient):
    """Record whether the patient can make one decision, now, and who assessed it (GMC 28-30)."""

    capacity: p.CapacityAnswer = Field(description="The answer.")
    capacity_assessor: Name = Field(description="Who assessed it.")
    decision: Line = Field(description="For which decision, such as use of photographs in teaching.")

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        found = p.Capacity(answer=self.capacity, assessor=self.capacity_assessor)
        return acts_about_people.assess_capacity(
            session, subject, p.CapacityAssessed(capacity=found, decision=self.decision), actor, self.day
        )


class Representing(OfPatient):
    """Record who may decide for the patient and by what authority, or that somebody no longer may (hazard H9)."""

    action: Literal["add", "remove"] = Field(description="Whether somebody is added or removed.")
    grantor_name: Name = Field(min_length=1, description="The name of the representative.")
    grantor: p.GrantorKind = Field(p.GrantorKind.REPRESENTATIVE, description="By what they decide.")
    evidence: Line = Field("", description="How it is known: needed to add somebody.")

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        who = p.Representative(name=self.grantor_name, kind=self.grantor, evidence=self.evidence)
        done = acts_about_people.add_representative if self.action == "add" else acts_about_people.remove_representative
        return done(session, subject, who, actor, self.day)


class Reviewing(OfPatient):
    """Record that a young person was offered the chance to vary or withdraw what others decided (GMC 35).

    What was withdrawn is recorded as a withdrawal with it; what was varied is recorded first, as an amendment.
    """

    reviewed_by: Name = Field(min_length=1, description="Who asked the young person.")
    outcome: Literal["confirmed", "varied", "withdrawn"] = Field(description="What came of it.")
    note: Words = Field("", description="What was said, in a sentence.")

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        review = p.ReviewedAtMaturity(reviewed_by=self.reviewed_by, outcome=self.outcome, note=self.note)
        return acts_about_people.review_at_maturity(session, subject, review, actor, self.day)


class NotingDeath(OfPatient):
    """Record that the patient has died, and what they are known to have wished (GMC 47-48)."""

    date_of_death: date | None = Field(None, description="The day, where it is known.")
    known_wishes: Words = Field("", description="What the patient is known to have wished, in words.")

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        noted = p.DeceasedNoted(date_of_death=self.date_of_death, known_wishes=self.known_wishes)
        return acts_about_people.note_deceased(session, subject, noted, actor, self.day)


class Explaining(Statement):
    """Record that the making and use of a recording was explained, at the visit for this study (R44)."""

    explained_by: Name = Field(description="Who explained it, or who found that it could not be explained.")
    leaflet: Name = Field("", description="The leaflet that was given, with its version.")
    practicable: bool = Field(default=True, description="Whether it could be explained.")

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        told = p.Explained(leaflet_version=self.leaflet, explained_by=self.explained_by, practicable=self.practicable)
        return acts_about_people.explain(session, subject, told, actor)
