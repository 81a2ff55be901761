"""A notice in a place."""

from datetime import date
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField, StringField
from wtforms.validators import ValidationError

from consent_portal.publishing.photograph import MOST_BYTES, PhotographError, cleaned
from consent_portal.web.frame.fields import AtMost, IfGiven, Needed, NotInFuture, PlainDate
from consent_portal.web.notices.download_form import SheetForm
from notices.outputs import Kind
from notices.versions import Display


class DisplayForm(SheetForm):
    """What hangs where, since when, and when somebody looks at it again."""

    place = StringField(
        _l("Place"), [Needed(_l("Enter where it hangs.")), AtMost(200)], description=_l("So that somebody new finds it")
    )
    version = SelectField(_l("Version"))
    since = PlainDate(_l("Hangs there since"), [Needed(_l("Enter since when it hangs there.")), NotInFuture()])
    review_by = PlainDate(_l("To be looked at by"), [Needed(_l("Enter when somebody looks at it again."))])
    photograph = FileField(
        _l("Photograph"), description=_l("JPEG, PNG or WebP, at most 12 MB; without any person in it")
    )
    jpeg: bytes | None = None
    """The photograph, once it has passed."""

    def validate_photograph(self, field: Any) -> None:
        """Take a picture, made anew; a person who sends none keeps the one that is there."""
        if not field.data:
            return
        try:
            self.jpeg = cleaned(field.data.read(MOST_BYTES + 1))
        except PhotographError as error:
            raise ValidationError(str(error)) from None

    def validate_review_by(self, field: Any) -> None:
        """Ask for a day after the one it was hung up."""
        if field.data and self.since.data and field.data <= self.since.data:
            raise ValidationError(_("'To be looked at by' must be after 'Hangs there since'."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Hold the line to what the register takes as well."""
        if not super().validate(extra_validators):
            return False
        faults = self.display().faults
        for fault in faults:
            field = self[fault.field]
            field.errors = [*field.errors, f"{field.label.text}: {fault.message}."]
        return not faults

    def display(self, photograph: str | None = None) -> Display:
        """Return the register's line."""
        return Display(
            place=self.place.data or "",
            kind=Kind(self.kind.data),
            paper=self.on(),
            language=self.language.data,
            version=int(self.version.data),
            since=cast("date", self.since.data),  # the form does not pass without them
            review_by=cast("date", self.review_by.data),
            large_print=bool(self.large_print.data),
            easy_read=bool(self.easy_read.data),
            photograph=photograph,
            taken_down=self.taken_down.data if isinstance(self, ChangeDisplay) else None,
        )


class ChangeDisplay(DisplayForm):
    """A line of the register brought up to date."""

    taken_down = PlainDate(
        _l("Taken down on"), [IfGiven(), NotInFuture()], description=_l("Leave empty while it hangs there")
    )
