"""What somebody found about who is who: nothing chosen beforehand, two identifiers compared, a reason (hazard H1)."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import StopValidation, ValidationError

from consent_portal.ledger.kinds.identity import COMPARED_WORDS
from consent_portal.services.identity import ENOUGH
from consent_portal.web.frame.fields import AtMost, Choice, Form, Needed, options

SAME, OTHER = "same", "other"


class ComparingForm(Form):
    """Two identifiers and a reason."""

    compared = SelectMultipleField(
        _l("What did you compare?"),
        choices=options((word, _l(words)) for word, words in COMPARED_WORDS.items()),
        description=_l("At least two, with the patient, the request form or the records office"),
    )
    reason = TextAreaField(
        _l("How do you know?"),
        [Needed(_l("Enter how you know; it stays in both histories.")), AtMost(500)],
        description=_l("In a sentence. Do not name the patient here."),
    )

    def validate_compared(self, field: Field) -> None:
        """Ask for two identifiers."""
        if len(set(field.data or ())) < ENOUGH:
            raise ValidationError(_("Compare at least two identifiers, and tick those that you compared."))


class _IfSlip:
    """An answer that is needed where the study was found to be the same person's."""

    def __call__(self, form: Form, field: Field) -> None:
        """Stop with the message when no record was chosen."""
        if form.finding.data == SAME and not field.data:
            raise StopValidation(_("Choose which record it is the same person as."))


class FindingForm(ComparingForm):
    """Whose study it is, where details disagree."""

    finding = Choice(
        _l("What did you find?"),
        _l("Choose what you found."),
        choices=(
            (SAME, _l("The same person: what differs is a slip")),
            (OTHER, _l("Another person: the study bears a wrong number")),
        ),
    )
    same_as = Choice(
        _l("If the same: which record is right?"),
        "",
        choices=(),
        check=_IfSlip(),
        description=_l("The study counts as this person's, and goes on disagreeing with everybody else's records."),
    )

    def offer(self, records: Iterable[tuple[str, str]]) -> None:
        """Let one of these records be chosen, each told by its key and words."""
        self.same_as.choices = options(records)


class UndoForm(Form):
    """Why a finding no longer holds."""

    reason = StringField(_l("Why?"), [Needed(_l("Enter why this no longer holds.")), AtMost(300)])


class OtherNumberForm(Form):
    """A number that is thought to be the same person's."""

    number = StringField(_l("The other number"), [Needed(_l("Enter the other number.")), AtMost(64)])
    issuer = StringField(
        _l("Who issued it"), [AtMost(64)], description=_l("Only if the same number is issued by several")
    )
