"""The earlier event that an act is about: by its id, by its number in the history, or the last consent."""

from sqlalchemy.orm import Session

from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import Event
from consent_portal.ledger.rules.refusal import Refusal, RuleFault
from consent_portal.registers.studies import Study
from consent_portal.services import queries


def own_event(session: Session, study: Study, named: str) -> Event:
    """Return an event of the history of a study or its patient, by its id or its number.

    Raises
    ------
    Refusal
        When there is none.
    """
    for event in queries.history(session, study):
        if named in {event.id, str(event.seq)}:
            return event
    told = "There is no such event in the history of this study or its patient. Open the history again."
    raise Refusal(faults=[RuleFault(told, "event")])


def last_consent(session: Session, study: Study) -> Event:
    """Return the consent, amended or not, that was recorded last for a study or its patient.

    Raises
    ------
    Refusal
        When there is none.
    """
    given = [event for event in queries.history(session, study) if isinstance(event.payload, p.Given)]
    if not given:
        raise Refusal(faults=[RuleFault("No consent is recorded for this. Record it first.", "event")])
    return given[-1]
