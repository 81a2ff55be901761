"""The state of the record that a form was made from: when it has moved, the change is shown and asked again (L1).

A form that was open while the patient took consent back must not overturn that, and one that was made for one person
must not be recorded for another, to whom the archive has given the study meanwhile (hazard H1). A no is never held up.
"""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from consent_portal.ledger import store
from consent_portal.parts import parts
from consent_portal.registers.studies import Study
from consent_portal.services import queries, record_head
from consent_portal.services.record_head import Moved
from consent_portal.web.consent.events import EventView, event_view
from consent_portal.web.frame import drafts
from consent_portal.web.frame.fields import Form

FIELD = "record_head"


@dataclass(frozen=True)
class MadeFrom:
    """What a form was made from.

    Attributes
    ----------
    state : str
        The head of the record then and whose study it was, for the form's hidden field; empty where it does not say.
    changes : tuple of EventView
        What was recorded since, oldest first; empty unless the form was refused for it.
    """

    state: str
    changes: tuple[EventView, ...] = ()

    @property
    def head(self) -> int:
        """Return the number of the last event that the form shows, 0 for none."""
        number = self.state.partition(" ")[0]
        return int(number) if number.isdecimal() else 0


def _state(session: Session, study: Study) -> str:
    return f"{record_head.head(session, study)} {study.patient_key} {study.details_version}"


def made_from(study: Study) -> MadeFrom:
    """Return what the form in this request was made from: the record as it is, where the form is only shown now."""
    sent = request.form if request.method == "POST" else drafts.given_back()
    if sent is not None:
        return MadeFrom(sent.get(FIELD, ""))
    with parts().database.reading() as session:
        return MadeFrom(_state(session, study))


def check(session: Session, study: Study, form: MadeFrom) -> None:
    """Refuse a form that was made from another state of the record than the present one, or for another patient.

    Raises
    ------
    Moved
    """
    if form.state != _state(session, study):
        raise Moved(record_head.head(session, study))


def moved(study: Study, form: Form, earlier: MadeFrom) -> MadeFrom:
    """Say on the form that the record has changed, and return what it is made from now, with the changes."""
    form.form_errors.append(
        _(
            "The record, or whose study this is, has changed since this form was opened. Read whose it is and what was "
            "recorded meanwhile, then send it again."
        )
    )
    with parts().database.reading() as session:
        since = [event for event in store.seen(session, queries.history(session, study)) if event.seq > earlier.head]
        return MadeFrom(_state(session, study), tuple(event_view(event) for event in since))
