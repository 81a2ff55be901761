"""Narrowing the list of what left."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from consent_portal.web.frame import wording
from consent_portal.web.frame.fields import AtMost, Form, IfGiven, Needed, NotInFuture, PlainDate, options


class FilterReleases(Form):
    """Narrow the list of what left; sent by GET, so nothing here may name a patient."""

    class Meta(Form.Meta):
        """A form that changes nothing needs no token."""

        csrf = False

    purpose = SelectField(
        _l("For what"), choices=options([("", _l("Anything")), *wording.PURPOSES.items()]), default=""
    )
    profile = SelectField(
        _l("De-identification"), choices=options([("", _l("Any")), *wording.PROFILES.items()]), default=""
    )
    sender = StringField(_l("By whom"), [AtMost(64)])
    recipient = StringField(_l("To whom"), [AtMost(80)])
    from_date = PlainDate(_l("From"), [IfGiven()])
    to_date = PlainDate(_l("To"), [IfGiven()])


class MarkPublished(Form):
    """What left was published, and cannot be called back."""

    where = StringField(
        _l("Where it was published"),
        [Needed(_l("Enter where it was published.")), AtMost(300)],
        description=_l("Journal, book, website or congress, so that the patient can be told. Do not name the patient."),
    )
    told_on = PlainDate(
        _l("The patient was told on"),
        [IfGiven(), NotInFuture()],
        description=_l("Leave it empty while the patient has not been told, and add the day later"),
    )
