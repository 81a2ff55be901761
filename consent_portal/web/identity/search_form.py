"""Find a study: by who, when, or what; at least one of them."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import ValidationError

from consent_portal.registers.numbers import is_health_service_number
from consent_portal.web.frame.fields import AtMost, Form, IfGiven, PlainDate, options

MODALITIES = {
    "": _l("Any"),
    "CR": _l("Computed radiography (X-ray)"),
    "DX": _l("Digital radiography (X-ray)"),
    "CT": _l("CT"),
    "MR": _l("MRI"),
    "US": _l("Ultrasound"),
    "NM": _l("Nuclear medicine"),
    "PT": _l("PET"),
    "MG": _l("Mammography"),
    "XA": _l("Angiography"),
    "RF": _l("Fluoroscopy"),
    "ES": _l("Endoscopy"),
    "XC": _l("Clinical photograph"),
    "GM": _l("Microscopy"),
    "SM": _l("Slide microscopy"),
    "OT": _l("Other"),
}

NUMBER_WARNING = _l(
    "The check digit of that NHS or Health and Care number is wrong, so a digit may have been mistyped. "
    "The search was made with the number as you typed it. Check the patient's second identifier with care."
)


class FindStudy(Form):
    """Search by name or number: for those who see patients by name."""

    number = StringField(_l("NHS, Health and Care or CHI number"), [AtMost(40)])
    hospital_number = StringField(_l("Hospital number"), [AtMost(64)])
    name = StringField(_l("Patient's name"), [AtMost(64)])
    birth_date = PlainDate(_l("Date of birth"), [IfGiven()])
    accession = StringField(_l("Accession number"), [AtMost(64)])
    from_date = PlainDate(_l("Study date from"), [IfGiven()])
    to_date = PlainDate(_l("Study date to"), [IfGiven()])
    modality = SelectField(_l("Modality"), choices=options(MODALITIES.items()), default="")

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for at least one criterion, and for dates in their order."""
        good: bool = super().validate(extra_validators)
        if not any(field.data for field in self if field.name != "csrf_token"):
            self.number.errors = [_("Enter at least one thing to search for.")]
            return False
        return good and self._dates_in_order()

    def _dates_in_order(self) -> bool:
        if self.from_date.data and self.to_date.data and self.from_date.data > self.to_date.data:
            self.to_date.errors = [_("'Study date to' must be on or after 'Study date from'.")]
            return False
        return True

    def number_warning(self) -> str | None:
        """Return a warning when the check digit is wrong (R59); only a warning, since old records hold odd numbers."""
        typed = self.number.data
        if not typed or is_health_service_number(typed):
            return None
        return str(NUMBER_WARNING)


class FindTeachingStudy(Form):
    """Search without names or numbers, for trainers."""

    modality = SelectField(_l("Modality"), choices=options(MODALITIES.items()), default="")
    body_part = StringField(
        _l("Body part"), [AtMost(32)], description=_l("As the scanner writes it, for example CHEST")
    )
    year = StringField(_l("Year of the study"), [AtMost(4)], description=_l("For example 2024"))

    def validate_year(self, field: StringField) -> None:
        """Take four digits or nothing."""
        if field.data and not (field.data.isascii() and field.data.isdigit() and len(field.data) == 4):
            raise ValidationError(_("Year of the study must be four digits, such as 2024."))
