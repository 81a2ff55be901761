"""What every form for one kind of event shares: its fields in order, what it may offer, and the act it leads to."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from sqlalchemy.orm import Session
from wtforms import Field, SelectMultipleField

from consent_portal.ledger import representatives
from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.kinds import CORRECTABLE
from consent_portal.ledger.payloads import Given, Representative
from consent_portal.ledger.scope import Scope
from consent_portal.ledger.status import ConsentStatus
from consent_portal.registers import studies
from consent_portal.registers.studies import Study
from consent_portal.services import acts
from consent_portal.web.consent.reach import Reach
from consent_portal.web.consent.shared_fields import right_patient
from consent_portal.web.frame.fields import Form, options

SAID = frozenset({EventType.GIVEN, EventType.AMENDED, EventType.REFUSED, EventType.WITHDRAWN, EventType.OBJECTION})
"""What somebody said: a paper may belong to it."""


@dataclass(frozen=True)
class Known:
    """What is known of a study's consent when a form about it is shown; `events` are those that still count."""

    status: ConsentStatus
    events: Sequence[Event]

    @property
    def said(self) -> list[Event]:
        """What somebody said, newest first."""
        return [event for event in reversed(self.events) if event.type in SAID]

    @property
    def representatives(self) -> dict[str, Representative]:
        """Whoever may decide for the patient now, by the event that says so."""
        return representatives.standing(self.events)

    @property
    def decided_by_others(self) -> bool:
        """Whether somebody other than the patient agreed, or a review at some age was wished for."""
        given = [event.payload for event in self.events if isinstance(event.payload, Given)]
        return any(one.grantor.kind != "patient" or one.review_age is not None for one in given)


def counting(events: Iterable[Event]) -> list[Event]:
    """Return the events that were not entered in error, without the notes that say so."""
    known = list(events)
    gone = {event.supersedes for event in known if event.type is EventType.INVALIDATED}
    return [event for event in known if event.id not in gone and event.type is not EventType.INVALIDATED]


def may_be_corrected(event: Event) -> bool:
    """Whether an event can have been entered in error."""
    return event.type in CORRECTABLE


class EntryForm(Form):
    """A form that leads to one act."""

    right_patient = right_patient()
    reach: Reach | None = None
    """What it may be meant to cover besides, where it offers that."""
    is_a_no: ClassVar[bool] = False
    """Whether it only closes: then nothing that was recorded meanwhile holds it up."""

    def offer(self, known: Known) -> None:
        """Fill in what can be chosen."""

    def record(self, session: Session, study: Study, actor: acts.Actor) -> acts.Act:
        """Record what was filled in.

        Raises
        ------
        Refusal
        """
        raise NotImplementedError

    def shown(self) -> list[Field]:
        """Return the fields below the question whether it is the right patient."""
        return [field for field in self if field.name not in {"right_patient", "csrf_token"}]


class ReachingForm(EntryForm):
    """A no that may be meant for the patient's other numbers too; none of them is preselected (R19, H8)."""

    is_a_no: ClassVar[bool] = True
    others: SelectMultipleField

    def offer_reach(self, reach: Reach) -> None:
        """Offer whoever may be the same patient."""
        self.reach = reach
        self.others.choices = options(reach.choices)

    def shown(self) -> list[Field]:
        """Return the fields; the other numbers only where there are any."""
        offered = bool(self.others.choices)
        return [field for field in super().shown() if field.name != "others" or offered]

    def said(
        self, session: Session, study: Study, covers: str | None, say: Callable[[acts.Subject], acts.Act]
    ) -> acts.Act:
        """Say it of all recordings of each number chosen, then of the study or its patient; returns the last act.

        The recalls of all of them are told with it.
        """
        chosen = [studies.of_patient(session, key)[0] for key in self.others.data or ()]
        before = [say(acts.Subject(other, Scope.patient())) for other in chosen]
        last = say(subject(study, covers))
        return replace(last, recalls=tuple(recall for act in (*before, last) for recall in act.recalls))


def subject(study: Study, covers: str | None) -> acts.Subject:
    """Return the study as the subject, or all recordings of its patient."""
    return acts.Subject(study, Scope.patient()) if covers == "patient" else acts.Subject.of_study(study)
