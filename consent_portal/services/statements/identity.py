"""Two numbers of one person, joined or taken apart again (hazards H1 and H12)."""

from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from consent_portal.ledger.events import Event
from consent_portal.ledger.rules.refusal import Refusal, RuleFault
from consent_portal.registers import studies
from consent_portal.registers.studies import Study
from consent_portal.services import acts, identity
from consent_portal.services.acts import Act, Actor, Subject
from consent_portal.services.record_head import check_seen
from consent_portal.services.statements.statement import Statement, Words

Uid = Annotated[str, Field(max_length=64)]


class OfTwo(Statement):
    """What is found of the numbers of two studies."""

    other_study: Uid = Field(description="A study under the other number: its Study Instance UID.")
    reason: Words = Field(description="Why, in a sentence; it stays in both histories.")

    def other(self, session: Session, subject: Subject) -> Study:
        """Return the other study, with the record as whoever acts has seen it.

        Raises
        ------
        Refusal
            When the portal does not know it.
        """
        check_seen(session, subject.study, subject.expected_head)
        found = studies.by_uid(session, self.other_study)
        if found is None:
            told = "The portal does not know this study. Check the UID, and open the study once."
            raise Refusal(faults=[RuleFault(told, "other_study")])
        return found


class Merging(OfTwo):
    """Join the numbers of two studies as one person's. Both histories stay; a refusal under either counts for both."""

    compared: tuple[Literal["name", "birth-date", "address", "number"], ...] = Field(
        description="Which identifiers were compared, at least two."
    )

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        finding = identity.Finding(self.reason, self.compared)
        event: Event = identity.merge(session, subject.study, self.other(session, subject), finding, actor.user)
        return acts.found(session, subject, event, actor)


class Unmerging(OfTwo):
    """Take two joined numbers apart again. What was recorded since stays where it was recorded."""

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        event = identity.unmerge(session, subject.study, self.other(session, subject), self.reason, actor.user)
        return acts.found(session, subject, event, actor)
