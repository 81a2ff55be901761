"""Decisions that people take on work that waits."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField, TextAreaField
from wtforms.validators import ValidationError

from consent_portal.web.frame import wording
from consent_portal.web.frame.fields import AtMost, Choice, Form, Needed, options


class CloseAsk(Form):
    """Close a question to which there is no answer; a yes and a no are recorded on pages of their own."""

    outcome = Choice(
        _l("What came of it?"),
        _l("Choose what came of the question."),
        choices=(
            ("no answer", _l("Nobody could be asked, or there was no answer: the next request asks again")),
            ("not needed", _l("The use is no longer wanted: nothing has been asked")),
        ),
    )
    note = TextAreaField(_l("Note"), [AtMost(500)], description=_l("For whoever reads this later"))


class DecideReview(Form):
    """Approve or refuse a held release, with the password fresh (F5)."""

    outcome = Choice(
        _l("Your decision"),
        _l("Choose whether you approve or refuse."),
        choices=(("approve", _l("Approve: it may be handed over")), ("refuse", _l("Refuse: it must not leave"))),
    )
    note = TextAreaField(_l("Reason"), [AtMost(500)], description=_l("Needed when you refuse; the requester reads it"))
    password = PasswordField(
        _l("Your password"),
        [Needed(_l("Enter your password to confirm that it is you."))],
        description=_l("Again, because this decision lets images out"),
    )

    def validate_note(self, field: TextAreaField) -> None:
        """Ask why, when it is refused."""
        if self.outcome.data == "refuse" and not field.data:
            raise ValidationError(_("Enter the reason for refusing: the requester needs to know it."))


class RequestAmendment(Form):
    """A clinician asks that the patient be asked (R38)."""

    purpose = SelectField(
        _l("What would you like to use the images for?"),
        [Needed(_l("Choose what you would like to use the images for."))],
        choices=options([("", _l("Choose a purpose")), *wording.PURPOSES.items()]),
        default="",
    )
    reason = TextAreaField(
        _l("Why, in a sentence"),
        [Needed(_l("Enter why the images are wanted.")), AtMost(500)],
        description=_l("Medical Illustration reads this, and the patient may be told. Do not name the patient here."),
    )
