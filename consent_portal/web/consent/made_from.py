"""The state of the record that a form was made from: when it has moved, the change is shown and asked again (L1).

A form that was open while the patient took consent back must not overturn that. A no is never held up by it.
"""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from consent_portal.parts import parts
from consent_portal.registers.studies import Study
from consent_portal.services import queries, record_head
from consent_portal.web.consent.events import EventView, event_view
from consent_portal.web.frame import drafts
from consent_portal.web.frame.fields import Form

FIELD = "record_head"
_NEVER = -1
"""What a form without the field was made from: no record has that head."""


@dataclass(frozen=True)
class MadeFrom:
    """What a form was made from.

    Attributes
    ----------
    head : int
        The head of the record then, for the form's hidden field.
    changes : tuple of EventView
        What was recorded since, oldest first; empty unless the form was refused for it.
    """

    head: int
    changes: tuple[EventView, ...] = ()


def made_from(study: Study) -> MadeFrom:
    """Return what the form in this request was made from: the record as it is, where the form is only shown now."""
    sent = request.form if request.method == "POST" else drafts.given_back()
    if sent is not None:
        return MadeFrom(sent.get(FIELD, _NEVER, type=int))
    with parts().database.reading() as session:
        return MadeFrom(record_head.head(session, study))


def check(session: Session, study: Study, form: MadeFrom) -> None:
    """Refuse a form that was made from another state of the record than the present one.

    Raises
    ------
    Moved
    """
    record_head.check_seen(session, study, form.head)


def moved(study: Study, form: Form, earlier: MadeFrom) -> MadeFrom:
    """Say on the form that the record has changed, and return what it is made from now, with the changes."""
    form.form_errors.append(
        _("The record has changed since this form was opened. Read what was recorded meanwhile, then send it again.")
    )
    with parts().database.reading() as session:
        since = [event for event in queries.history(session, study) if event.seq > max(earlier.head, 0)]
        return MadeFrom(record_head.head(session, study), tuple(event_view(event) for event in since))
