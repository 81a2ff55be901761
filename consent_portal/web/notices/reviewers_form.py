"""A named reviewer's signature under the wording of one language."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from consent_portal.web.frame.fields import AtMost, Form, Needed, NotInFuture, PlainDate


class SignWording(Form):
    """Who read the wording of a language, in which role, and when."""

    language = SelectField(_l("Language"))
    reviewer = StringField(
        _l("Reviewer's name"), [Needed(_l("Enter the reviewer's name.")), AtMost(120)], description=_l("It is printed")
    )
    role = StringField(
        _l("Reviewer's role"),
        [Needed(_l("Enter the reviewer's role.")), AtMost(200)],
        description=_l("For example: translator of the hospital's language service"),
    )
    date = PlainDate(_l("Read on"), [Needed(_l("Enter when the wording was read.")), NotInFuture()])
