"""Decisions that people take on work that waits."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from consent_portal.ledger import payloads
from consent_portal.web.frame import wording
from consent_portal.web.frame.fields import AtMost, Choice, Form, Needed, NotInFuture, PlainDate, options


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

    shown = HiddenField()
    """What the reviewer was shown, by its fingerprint."""

    def offer_no_approval(self) -> "DecideReview":
        """Leave the refusal alone: nobody approves what they could not see."""
        self.outcome.choices = options([("refuse", _("Refuse: it must not leave"))])
        return self

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


class ConfirmDeletion(Form):
    """Whoever has a copy says that it is gone."""

    gone = BooleanField(
        _l("I have deleted every copy that I had, and asked whoever I gave one to do the same"),
        [Needed(_l("Tick that every copy is deleted; if you cannot say so, ring medical illustration."))],
    )
    note = StringField(_l("Note"), [AtMost(300)], description=_l("For example whom you had given a copy"))


class ReportBreach(Form):
    """Something reached, or stayed with, somebody who may not have it."""

    what = TextAreaField(
        _l("What happened"),
        [Needed(_l("Enter what happened.")), AtMost(1000)],
        description=_l("Where the copy was found, and how it got there. Do not name the patient here."),
    )
    holder = StringField(_l("Who has, or had, the copy"), [AtMost(200)])
    found_on = PlainDate(_l("Found on"), [Needed(_l("Enter the day on which it was found.")), NotInFuture()])

    def told(self) -> payloads.BreachOpened:
        """Return what the ledger keeps."""
        assert self.found_on.data is not None  # noqa: S101  (the field is needed)
        return payloads.BreachOpened(
            what=self.what.data or "", found_on=self.found_on.data, holder=self.holder.data or ""
        )


class NoteBreach(Form):
    """What was done about a breach."""

    done = TextAreaField(
        _l("What was done"),
        [Needed(_l("Enter what was done.")), AtMost(1000)],
        description=_l("For example who was told: the SIRO, the Caldicott Guardian, the data protection officer"),
    )
    on = PlainDate(_l("On"), [Needed(_l("Enter the day on which it was done.")), NotInFuture()])

    def noted(self) -> payloads.BreachNoted:
        """Return what the ledger keeps."""
        assert self.on.data is not None  # noqa: S101  (the field is needed)
        return payloads.BreachNoted(done=self.done.data or "", on=self.on.data)


class CloseBreach(Form):
    """Why a breach needs nothing more."""

    reason = TextAreaField(_l("Why it needs nothing more"), [Needed(_l("Enter the reason.")), AtMost(1000)])
