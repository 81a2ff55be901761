"""Draft a version, approve one."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, TextAreaField
from wtforms.validators import ValidationError

from consent_portal.web.frame.fields import AtMost, Form


class DraftVersion(Form):
    """The languages of a new version; what it says are the settings as they are saved."""

    languages = SelectMultipleField(_l("Languages of the new version"))

    def validate_languages(self, field: SelectMultipleField) -> None:
        """Ask for one at least."""
        if not field.data:
            raise ValidationError(_("Choose at least one language."))


class ApproveVersion(Form):
    """The Guardian's approval; over findings only for a reason (R85)."""

    reason = TextAreaField(
        _l("Reason for approving it in spite of what was found"),
        [AtMost(1000)],
        description=_l("Stays with the version and in the ledger"),
    )
