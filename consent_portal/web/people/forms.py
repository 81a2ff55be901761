"""Accounts: a name, a role, a password; never an e-mail address."""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.validators import ValidationError

from consent_portal.web.frame.access import ROLE_NAMES
from consent_portal.web.frame.fields import AtMost, Form, Needed, options

NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,62})[a-z0-9]")
SHORTEST_PASSWORD = 12

_ROLES = options([("", _l("Choose a role")), *((role.value, name) for role, name in ROLE_NAMES.items())])


def long_enough(_form: Any, field: Field) -> None:
    """Refuse a short password; length is all that is asked (NCSC, NIST SP 800-63B)."""
    if field.data and len(field.data) < SHORTEST_PASSWORD:
        raise ValidationError(_("The password must have at least %(count)d characters.", count=SHORTEST_PASSWORD))


class NewUser(Form):
    """A new account."""

    username = StringField(
        _l("User name"),
        [Needed(_l("Enter a user name.")), AtMost(64)],
        description=_l("The same name and password are for Orthanc"),
    )
    role = SelectField(_l("Role"), [Needed(_l("Choose a role."))], choices=_ROLES, default="")
    password = PasswordField(
        _l("First password"),
        [Needed(_l("Enter a first password.")), long_enough],
        description=_l("At least 12 characters; tell it to the person yourself"),
    )

    def validate_username(self, field: StringField) -> None:
        """Take what Orthanc and an address both take."""
        if field.data and not NAME.fullmatch(field.data):
            raise ValidationError(
                _("The user name must be 3 to 64 small letters, digits, dots, hyphens or underscores.")
            )


class ChangeRole(Form):
    """Another role for an account."""

    role = SelectField(_l("Role"), [Needed(_l("Choose a role."))], choices=_ROLES)


class ChangeDepartments(Form):
    """The departments of an account; none may be ticked."""

    departments = SelectMultipleField(_l("Departments"))

    def offer(self, names: Mapping[str, str]) -> None:
        """Offer the departments of the site."""
        self.departments.choices = list(names.items())


class NewPassword(Form):
    """Another password for an account, set by the administrator."""

    password = PasswordField(_l("New password"), [Needed(_l("Enter a new password.")), long_enough])


class OwnPassword(Form):
    """One's own password."""

    present_password = PasswordField(_l("Present password"), [Needed(_l("Enter your present password."))])
    new_password = PasswordField(
        _l("New password"),
        [Needed(_l("Enter a new password.")), long_enough],
        description=_l("At least 12 characters; three random words are a good choice"),
    )
    new_password_again = PasswordField(_l("New password again"), [Needed(_l("Enter the new password again."))])

    def validate_new_password_again(self, field: PasswordField) -> None:
        """Catch a slip of the finger."""
        if field.data and field.data != self.new_password.data:
            raise ValidationError(_("The two new passwords are not the same."))
