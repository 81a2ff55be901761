"""What belongs to something that was recorded: a signed form, a receipt, a publication. See `consent`."""

from sqlalchemy.orm import Session

from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.rules import earlier
from consent_portal.ledger.rules.refusal import refuse_if
from consent_portal.services import publication
from consent_portal.services.writing import about_event
from consent_portal.tasks import recalls


def attach_form(session: Session, event_id: str, form: p.FormAttached, by: str) -> Event:
    """Record the checksum of a scanned form that belongs to an event.

    Raises
    ------
    Refusal
        When there is no such event, or a form cannot belong to it.
    """
    refuse_if(earlier.of_paper(store.event(session, event_id), "A form"))
    return about_event(session, event_id, EventType.FORM_ATTACHED, form, by)


def issue_receipt(session: Session, event_id: str, receipt: p.ReceiptIssued, by: str) -> Event:
    """Record that the patient was given a copy of what an event says.

    Raises
    ------
    Refusal
        When there is no such event, or it says nothing that a receipt could be given for.
    """
    refuse_if(earlier.of_paper(store.event(session, event_id), "A receipt"))
    return about_event(session, event_id, EventType.RECEIPT_ISSUED, receipt, by)


def publish(session: Session, released_event: str, published: p.Published, by: str) -> Event:
    """Mark a release as published: it cannot be recalled, and the patient was told so on a day.

    Parameters
    ----------
    published : Published
        `where` is needed; without `told_on` the patient has not been told yet, and the day can be added later.

    Raises
    ------
    Refusal
        As `publication.check` says.
    """
    publication.check(session, store.event(session, released_event), published)
    event = about_event(session, released_event, EventType.PUBLISHED, published, by)
    recalls.cannot_be_recalled(session, released_event, by)
    return event
