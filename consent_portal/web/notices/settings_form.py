"""The settings of the notices as a form: one field for each setting, and the faults beside their fields."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError

from consent_portal.web.frame.fields import AtMost, Form, Needed, options
from consent_portal.web.notices.words_form import (
    CONDITIONS,
    DAYS,
    LAWFUL_BASES,
    NATIONS,
    NOT_APPLICABLE,
    RECIPIENTS,
    REMOVED,
    RIGHTS,
)
from notices.language import languages

HOURS = 4
"""How many lines of opening hours the form has."""
_OTHERS = tuple(one for one in languages().values() if one.code != "en")


def _years(label: Any) -> StringField:
    return StringField(label)


class NoticeSettings(Form):
    """Everything that the site says of itself in its notices."""

    trial = HiddenField()
    organisation_name = StringField(_l("Name of the organisation"), [Needed(_l("Enter the organisation's name."))])
    organisation_address = StringField(_l("Address"), [Needed(_l("Enter the organisation's address."))])
    organisation_phone = StringField(_l("Phone"))
    organisation_email = StringField(_l("Email"))
    organisation_website = StringField(_l("Website"))
    organisation_representative = StringField(
        _l("Representative"), description=_l("Only for an organisation outside the United Kingdom")
    )
    logo = FileField(_l("Logo"), description=_l("PNG, JPEG or SVG, at most 2 MB"))
    remove_logo = BooleanField(_l("Show no logo"))

    department_name = StringField(_l("Name of the department"), [Needed(_l("Enter the department's name."))])
    department_place = StringField(_l("Where patients ask"), description=_l("For example: Imaging reception, Level 2"))
    department_phone = StringField(_l("Department's phone"))
    department_email = StringField(_l("Department's email"))

    officer_name = StringField(_l("Data protection officer's name"))
    officer_email = StringField(_l("Data protection officer's email"))
    officer_phone = StringField(_l("Data protection officer's phone"))
    notice_url = StringField(
        _l("Address of the notice on the web"),
        [Needed(_l("Enter the address of the notice on the web."))],
        description=_l("The QR code opens it; the shorter it is, the better phones read the code"),
    )

    nation = SelectField(
        _l("Nation"), choices=options(NATIONS.items()), description=_l("Decides what is said of opt-outs")
    )
    teaching = BooleanField(_l("Teaching"))
    research = BooleanField(_l("Research"))
    coded_research = BooleanField(_l("Research under a code"), description=_l("A code stands in place of the name"))
    safety = BooleanField(_l("Checking our own work"))
    planning = BooleanField(_l("Planning services"))
    print = BooleanField(_l("Books and journals"), description=_l("With consent where it is needed"))
    internet = BooleanField(_l("Websites"), description=_l("With consent where it is needed"))
    companies = BooleanField(_l("Companies"), description=_l("For research only"))
    removed = SelectMultipleField(_l("Taken off before an image helps others"), choices=options(REMOVED.items()))

    lawful_bases = SelectMultipleField(_l("Lawful bases"), choices=options(LAWFUL_BASES.items()))
    conditions = SelectMultipleField(_l("Conditions for health data"), choices=options(CONDITIONS.items()))
    legitimate_interests = StringField(_l("Which legitimate interests"), [AtMost(300)])
    recipients = SelectMultipleField(_l("Who may receive images"), choices=options(RECIPIENTS.items()))
    recipient_names = TextAreaField(_l("Recipients by name"), description=_l("One a line"))
    transfers = StringField(
        _l("Transfers abroad"), [AtMost(300)], description=_l("Left empty, the notice says that there are none")
    )
    automated = StringField(
        _l("Automated decisions"), [AtMost(300)], description=_l("Left empty, the notice says that there are none")
    )
    statutory = BooleanField(_l("The law requires patients to give their images"))
    rights = SelectMultipleField(_l("Patients' rights"), choices=options(RIGHTS.items()))
    retention_images = _years(_l("Images are kept, years"))
    retention_teaching = _years(_l("Teaching copies are kept, years"))
    retention_research = _years(_l("Research copies are kept, years"))
    retention_consent = _years(_l("Consent forms are kept, years"))

    regulator_name = StringField(_l("Regulator"), [Needed(_l("Enter the regulator's name."))])
    regulator_website = StringField(_l("Regulator's website"), [Needed(_l("Enter the regulator's website."))])
    regulator_phone = StringField(_l("Regulator's phone"), [Needed(_l("Enter the regulator's phone number."))])

    theme_primary = StringField(_l("Bands and headings"), description=_l("White letters stand on it"))
    theme_accent = StringField(_l("Behind pictures"), description=_l("Dark letters stand on it"))
    theme_paper = StringField(_l("Paper"), description=_l("Dark letters stand on it"))

    def validate_coded_research(self, field: Field) -> None:
        """Let codes be spoken of only where research is."""
        if field.data and not self.research.data:
            raise ValidationError(_("Research under a code needs research: tick both or neither."))

    def validate_companies(self, field: Field) -> None:
        """Let companies be spoken of only where research is."""
        if field.data and not self.research.data:
            raise ValidationError(_("Companies receive images for research only: tick research, or untick companies."))

    def validate_removed(self, field: Field) -> None:
        """Ask what is taken off, where images help others."""
        used = any(self[name].data for name in ("teaching", "research", "safety", "planning"))
        if used and not field.data:
            raise ValidationError(_("Choose what is taken off before an image helps others."))

    def hours(self) -> list[tuple[Any, Any, Any, Any]]:
        """Return the four fields of each line of the opening hours."""
        return [tuple(self[f"hours_{n}_{part}"] for part in ("first", "last", "opens", "closes")) for n in range(HOURS)]

    def translations(self) -> list[tuple[str, Any, Any]]:
        """Return name of the language, department's name and place for each language but English."""
        return [
            (f"{one.english} ({one.native})", self[f"department_name_{one.code}"], self[f"department_place_{one.code}"])
            for one in _OTHERS
        ]

    def reasons(self) -> list[Any]:
        """Return the fields of why an item does not apply."""
        return [self[f"not_applicable_{name}"] for name in NOT_APPLICABLE]


def _add_repeated() -> None:
    days = options([("", _l("No day")), *DAYS.items()])
    for number in range(HOURS):
        line = {"line": number + 1}
        setattr(
            NoticeSettings,
            f"hours_{number}_first",
            SelectField(_l("Line %(line)d, from", **line), choices=days, default=""),
        )
        setattr(
            NoticeSettings,
            f"hours_{number}_last",
            SelectField(_l("Line %(line)d, to", **line), choices=days, default=""),
        )
        setattr(NoticeSettings, f"hours_{number}_opens", StringField(_l("Line %(line)d, opens", **line)))
        setattr(NoticeSettings, f"hours_{number}_closes", StringField(_l("Line %(line)d, closes", **line)))
    for one in _OTHERS:
        name, place = (
            _l("Department in %(language)s", language=one.english),
            _l("Where patients ask, in %(language)s", language=one.english),
        )
        setattr(NoticeSettings, f"department_name_{one.code}", StringField(name))
        setattr(NoticeSettings, f"department_place_{one.code}", StringField(place))
    for item, words in NOT_APPLICABLE.items():
        setattr(NoticeSettings, f"not_applicable_{item}", StringField(words, [AtMost(300)]))


_add_repeated()
