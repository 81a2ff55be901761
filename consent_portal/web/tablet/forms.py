"""What the staff member says before the tablet is handed over, and what the patient answers."""

import base64
from io import BytesIO
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from PIL import Image, UnidentifiedImageError
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import ValidationError

from consent_portal.ledger.levels import Level
from consent_portal.web.consent.shared_fields import CAPACITY, GRANTORS
from consent_portal.web.frame.fields import AtMost, Choice, Form, Needed, options
from consent_portal.web.tablet.words import TabletWords, offered

PREFIX = "data:image/png;base64,"
MOST_PIXELS = 2000 * 1000
ANSWERS = ("yes", "no", "later")


class HandOver(Form):
    """Who is asked, in which language, and what was found before."""

    right_patient = BooleanField(
        _l("Yes: the name and the number above are those given by the patient"),
        [Needed(_l("Confirm that this is the right patient."))],
    )
    language = SelectField(_l("Language of the patient"), choices=[], default="en")
    requesting_clinician = StringField(
        _l("Requesting clinician"),
        [Needed(_l("Enter the requesting clinician: the person who asks the patient.")), AtMost(120)],
    )
    interpreter = StringField(_l("Interpreter"), [AtMost(120)])
    grantor = Choice(_l("Who answers?"), _l("Choose who answers."), choices=GRANTORS)
    grantor_name = StringField(_l("Their name"), [AtMost(120)], description=_l("Leave empty if it is the patient"))
    grantor_evidence = StringField(_l("Evidence of their authority"), [AtMost(300)])
    capacity = Choice(
        _l("Can the patient make this decision?"),
        _l("Choose whether the patient can make this decision."),
        choices=CAPACITY,
    )
    capacity_assessor = StringField(_l("Who assessed capacity"), [AtMost(120)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = options(offered().items())


class PatientsAnswer(Form):
    """Each level by itself, nothing preselected, and a signature by hand or a name."""

    teaching = Choice("", "", choices=[(answer, answer) for answer in ANSWERS])
    print = Choice("", "", choices=[(answer, answer) for answer in ANSWERS])
    internet = Choice("", "", choices=[(answer, answer) for answer in ANSWERS])
    signature = HiddenField()
    name = StringField("", [AtMost(120)])

    def speak(self, words: TabletWords) -> None:
        """Give the fields the words of the patient's language."""
        for level, text in words.levels.items():
            field = self[level.value]
            field.label.text = text
            field.choices = options((answer, words.phrases[answer]) for answer in ANSWERS)
            field.validators[0].message = words.phrases["missing"]
        self.name.label.text = words.phrases["typed"]
        self.unsigned = words.phrases["unsigned"]

    unsigned: str = ""

    def validate_signature(self, field: HiddenField) -> None:
        """Ask for a signature or a name; a picture that is none is refused."""
        if not field.data and not (self.name.data or "").strip():
            raise ValidationError(self.unsigned)
        if field.data:
            field.data = drawn_again(field.data)

    def answers(self) -> dict[Level, str]:
        """Return yes, no or later by level."""
        return {level: str(self[level.value].data) for level in (Level.TEACHING, Level.PRINT, Level.INTERNET)}


def drawn_again(address: str) -> str:
    """Return a drawn signature as a PNG of our own making, base64; so that nothing but its pixels is kept.

    Raises
    ------
    ValidationError
        When it is no such picture.
    """
    try:
        data = base64.b64decode(address.removeprefix(PREFIX), validate=True)
        with Image.open(BytesIO(data), formats=["PNG"]) as picture:
            if not address.startswith(PREFIX) or picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(_("The signature could not be read. Sign again."))
            held = BytesIO()
            picture.convert("L").save(held, "PNG", optimize=True)
    except (ValueError, OSError, UnidentifiedImageError) as error:
        raise ValidationError(_("The signature could not be read. Sign again.")) from error
    return base64.b64encode(held.getvalue()).decode()
