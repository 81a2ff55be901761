"""Acts that belong to something recorded: a signed form, a receipt, a publication. See `acts`."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import Event
from consent_portal.registers.studies import Study
from consent_portal.services import papers
from consent_portal.services.acts import Act, Actor, Subject, whole
from consent_portal.services.earlier_event import own_event

Paper = TypeVar("Paper")


def attach_form(session: Session, study: Study, event_id: str, form: p.FormAttached, actor: Actor) -> Act:
    """Record the checksum of a scanned form that belongs to an event (GMC 24).

    Raises
    ------
    Refusal
        When the event is not of this study's patient.
    """
    return _belonging(session, study, event_id, papers.attach_form, form, actor)


def issue_receipt(session: Session, study: Study, event_id: str, receipt: p.ReceiptIssued, actor: Actor) -> Act:
    """Record that the patient was given a copy of what an event says (GMC 25).

    Raises
    ------
    Refusal
        When the event is not of this study's patient.
    """
    return _belonging(session, study, event_id, papers.issue_receipt, receipt, actor)


def publish(session: Session, study: Study, released_event: str, published: p.Published, actor: Actor) -> Act:
    """Mark a release as published: it cannot be recalled (combining rule 7).

    Raises
    ------
    Refusal
        When the event is not of this study's patient.
    """
    return _belonging(session, study, released_event, papers.publish, published, actor)


def _belonging(  # noqa: PLR0913, PLR0917  (what is recorded, of what, and by whom)
    session: Session,
    study: Study,
    event_id: str,
    record: Callable[[Session, str, Paper, str], Event],
    paper: Paper,
    actor: Actor,
) -> Act:
    about = own_event(session, study, event_id)
    return whole(session, Subject(study, about.scope), record(session, about.id, paper, actor.user), actor)
