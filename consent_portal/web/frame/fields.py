"""What every form shares: CSRF, trimmed text, what was typed before, and messages that say what to do."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]
    DateField,
    Field,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError

from consent_portal.clock import EARLIEST, local_day, utc_now
from consent_portal.web.frame import drafts

TURNS_ROUND = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
"""Characters that nobody sees and that turn round what stands beside them (Unicode's bidirectional controls)."""


def trim(value: str | None) -> str | None:
    """Return text without surrounding white space."""
    return value.strip() if isinstance(value, str) else value


def one_line(value: str | None) -> str | None:
    """Return the text of a single line, without what would turn round its neighbours on a page."""
    return trim(value.translate(TURNS_ROUND)) if isinstance(value, str) else value


def options(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Return what a select or radio field offers, from pairs of value and words."""
    return [SelectChoice(str(value), words) for value, words in pairs]


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF publishes no types
    """A form whose every text is trimmed."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """WTForms' hook for settings."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Take what was sent now, or what was typed here before the session ended."""
            return super().wrap_formdata(form, formdata) or drafts.given_back()

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Add :func:`trim` to text fields before they are bound."""
            if issubclass(unbound_field.field_class, (StringField, TextAreaField)):
                as_typed = issubclass(unbound_field.field_class, (TextAreaField, PasswordField))
                clean = trim if as_typed else one_line
                filters = [*unbound_field.kwargs.get("filters", []), clean]
                return unbound_field.bind(form=form, filters=filters, **options)
            return unbound_field.bind(form=form, **options)


class Needed(InputRequired):
    """A field that must be filled in, with the message that says how."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.field_flags = {}  # no `required` attribute: the page's own error summary answers, in its own words

    def __call__(self, _form: Any, field: Field) -> None:
        """Stop with the message when nothing but white space was typed."""
        raw = field.raw_data[0] if field.raw_data else None
        if raw is None or not str(raw).strip():
            field.errors = []
            raise StopValidation(str(self.message))


class AtMost(Length):
    """A limit of length in characters."""

    def __init__(self, characters: int = 200) -> None:
        super().__init__(max=characters)
        self.characters = characters
        self.field_flags = {}

    def __call__(self, _form: Any, field: Field) -> None:
        """Refuse longer text."""
        if field.data and len(field.data) > self.characters:
            raise ValidationError(
                _("%(label)s must be %(count)d characters or fewer.", label=field.label.text, count=self.characters)
            )


class PlainDate(DateField):
    """A calendar date whose message names the field."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take `YYYY-MM-DD` (what the browser sends) or `DD/MM/YYYY` (what a person types where it does not)."""
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            return
        for layout in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                self.data = date_from(text, layout)
            except ValueError:
                continue
            if self.data >= EARLIEST:
                return
        self.data = None
        raise ValueError(_("%(label)s must be a real date, such as 27/03/2026.", label=self.label.text))


def date_from(text: str, layout: str) -> date:
    """Return the date that `text` means in `layout`; ValueError when it means none."""
    from datetime import datetime  # noqa: PLC0415  # only here, so that nothing else is tempted by naive datetimes

    return datetime.strptime(text, layout).date()  # noqa: DTZ007  # a calendar date has no time zone


class NotInFuture:
    """A date that has happened."""

    def __call__(self, _form: Any, field: Field) -> None:
        """Refuse a date after today, which is the day in the United Kingdom wherever the machine's clock stands."""
        if field.data is not None and field.data > local_day(utc_now()):
            raise ValidationError(_("%(label)s must be today or in the past.", label=field.label.text))


class IfGiven(Optional):
    """Skip the other validators when nothing was typed."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {}


class Choice(RadioField):
    """Radio buttons of which none is chosen at first.

    Parameters
    ----------
    check : callable, optional
        What decides whether there is an answer; by default that one of the buttons is chosen.
    """

    def __init__(
        self, label: Any, message: Any, choices: Iterable[tuple[Any, Any]], check: Any = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("default", None)
        needed = InputRequired(message)
        needed.field_flags = {}
        super().__init__(label, [check or needed], choices=options(choices), validate_choice=True, **kwargs)

    def process_data(self, value: Any) -> None:
        """Keep "nothing chosen" apart from the text "None"."""
        self.data = None if value is None else str(value)

    def pre_validate(self, form: Any) -> None:
        """Let the required message speak when nothing was chosen."""
        if self.data:
            super().pre_validate(form)


class Ticks(SelectMultipleField):
    """Boxes to tick, of which none is ticked at first and at least one must be."""

    def __init__(self, label: Any, message: Any, choices: Iterable[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(label, choices=options(choices), validate_choice=True, **kwargs)
        self.message = message

    def pre_validate(self, form: Any) -> None:
        """Ask for one, and refuse what was not offered."""
        if not self.data:
            raise StopValidation(str(self.message))
        super().pre_validate(form)
