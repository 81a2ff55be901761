"""What is recorded about an earlier event: an error, its form, its receipt, its publication."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from consent_portal.ledger import payloads as p
from consent_portal.services import acts, acts_with_papers
from consent_portal.services.acts import Act, Actor, Subject
from consent_portal.services.earlier_event import last_consent
from consent_portal.services.record_head import check_seen
from consent_portal.services.statements.statement import Line, Name, Statement, Words

EventName = Annotated[str, Field(max_length=36)]


class AboutConsent(Statement):
    """About an event; about the last consent when none is named."""

    event: EventName = Field("", description="Number or id of the entry in the history; the last consent if left out.")

    def about(self, session: Session, subject: Subject) -> str:
        """Return the id or number of the event, with the record as whoever acts has seen it."""
        check_seen(session, subject.study, subject.expected_head)
        return self.event or last_consent(session, subject.study).id


class Invalidating(Statement):
    """Mark an entry of the history as entered in error. It stays to be read, and no longer counts (hazard H1)."""

    event: EventName = Field(description="Number or id of the entry, as the history shows it.")
    reason: Words = Field(description="Why it was an error; stays with the record.")

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        check_seen(session, subject.study, subject.expected_head)
        return acts.invalidate(session, subject.study, self.event, self.reason, actor)


class AttachingForm(AboutConsent):
    """Record that a scanned form belongs to an entry, by the checksum of the scan (GMC 24)."""

    scan_sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the scan, 64 hexadecimal digits.")
    form_version: Name = Field("", description="The version of the consent form.")
    pages: int = Field(1, ge=1, le=1000, description="How many pages it has.")

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        form = p.FormAttached(form_version=self.form_version, scan_sha256=self.scan_sha256, pages=self.pages)
        return acts_with_papers.attach_form(session, subject.study, self.about(session, subject), form, actor)


class IssuingReceipt(AboutConsent):
    """Record that the patient was given a copy of what is recorded (GMC 25)."""

    format: Literal["pdf", "paper", "json"] = Field("paper", description="In which form.")
    given_to: Name = Field("", description="To whom, if not to the patient.")

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        receipt = p.ReceiptIssued(format=self.format, given_to=self.given_to)
        return acts_with_papers.issue_receipt(session, subject.study, self.about(session, subject), receipt, actor)


class Publishing(Statement):
    """Mark a release as published: it cannot be recalled, and the patient is told so on a day (combining rule 7)."""

    event: EventName = Field(description="Number or id of the release in the history.")
    where: Line = Field(description="Where it was published; the patient is told that.")
    told_on: date | None = Field(None, description="The day on which the patient was told that it cannot be recalled.")

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        check_seen(session, subject.study, subject.expected_head)
        published = p.Published(told_on=self.told_on, where=self.where)
        return acts_with_papers.publish(session, subject.study, self.event, published, actor)
