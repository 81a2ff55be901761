"""The Caldicott Guardian's signature under the policy."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField

from consent_portal.web.frame.fields import Form, Needed

SIGNATURE = "signed in the portal"


class SignPolicy(Form):
    """Sign the switches that the site has turned on."""

    read = BooleanField(
        _l("I have read the switches above and put those that are turned on into force"),
        [Needed(_l("Confirm that you have read the switches."))],
    )
    password = PasswordField(_l("Your password"), [Needed(_l("Enter your password to sign."))])
