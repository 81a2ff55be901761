"""Forms of the second factor; the names of fields that hold secrets say so, for drafts keep none of them."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import ValidationError

from consent_portal.services.users.passkeys import NAME_LENGTH
from consent_portal.web.frame.fields import AtMost, Form, Needed
from consent_portal.web.frame.limits import count_wrong_password, refuse_guessing


class OneTimePassword(Form):
    """The six digits of an authenticator app."""

    one_time_password = StringField(
        _l("Six digits of your authenticator app"),
        [Needed(_l("Enter the six digits that your app shows now.")), AtMost(20)],
        description=_l("They change every 30 seconds, and each counts once"),
    )


class RecoveryCode(Form):
    """A recovery code, where the telephone or the passkey is not at hand."""

    recovery_password = StringField(
        _l("Recovery code"),
        [Needed(_l("Enter one of your recovery codes.")), AtMost(40)],
        description=_l("One of those that you kept when you set up your second factor; each counts once"),
    )


class Shown(Form):
    """What a passkey answered, filled in by the page's script."""

    credential = HiddenField(validators=[Needed(_l("Your browser gave no answer of a passkey. Try again."))])


class WithPassword(Form):
    """One's own password once more, before what signs one in is changed (F5)."""

    present_password = PasswordField(_l("Your password"), [Needed(_l("Enter your password."))])

    def validate_present_password(self, field: PasswordField) -> None:
        """Compare it; wrong ones are counted with all others."""
        refuse_guessing()
        if not current_user.verify_and_update_password(field.data or ""):
            count_wrong_password()
            raise ValidationError(_("That is not your password. Check it and try again."))


class NewPasskey(Shown):
    """A new passkey, with a name by which its owner knows it."""

    name = StringField(
        _l("Name of the passkey"),
        [Needed(_l("Enter a name, such as: security key, blue.")), AtMost(NAME_LENGTH)],
        description=_l("So that you know it among others"),
    )


def with_password(form: type[Form]) -> Any:
    """Return the form as somebody sends it who is signed in: with the password; who comes from it has just given it."""
    if not current_user.is_authenticated:
        return form()
    return type(form.__name__, (form, WithPassword), {})()
