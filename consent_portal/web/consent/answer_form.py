"""The no to a question, with the note for whoever asked."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from consent_portal.web.consent.refusal_forms import SaidNo
from consent_portal.web.consent.shared_fields import right_patient
from consent_portal.web.frame.fields import AtMost


class AnswerNo(SaidNo):
    """What was refused for each study of the question."""

    right_patient = right_patient()
    note = TextAreaField(_l("Note for whoever asked"), [AtMost(500)], description=_l("Do not name the patient here."))
