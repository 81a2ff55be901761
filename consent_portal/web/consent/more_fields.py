"""What a consent can hold besides what every form asks: uses by name, references, and how it was explained."""

import re
from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from consent_portal.ledger import payloads as p
from consent_portal.ledger.by_name import RESEARCH
from consent_portal.ledger.levels import Level
from consent_portal.registers.approvals import Entry, Ethics, Project, Publication
from consent_portal.web.frame.fields import AtMost, Form, IfGiven, NotInFuture, PlainDate, options

OLDEST_REVIEW = 25
DUO = re.compile(r"DUO:\d{7}")
_MORE = (("", _l("As answered above")), ("unknown", _l("Unknown")), ("not asked", _l("Not asked")))
_MAKING = (
    ("not recorded", _l("Not recorded")),
    ("explicit", _l("Agreed explicitly")),
    ("implicit", _l("Implied by the examination")),
)
_COMMERCIAL = (("", _l("Not asked")), ("yes", _l("Yes")), ("no", _l("No")))


def _more(level: Level) -> SelectField:
    return SelectField(level.label, choices=options(_MORE), default="")


class MoreAboutConsent(Form):
    """The fields that most forms leave empty."""

    more_record = _more(Level.RECORD)
    more_teaching = _more(Level.TEACHING)
    more_print = _more(Level.PRINT)
    more_internet = _more(Level.INTERNET)
    making_consent = SelectField(_l("Making of the recording"), choices=options(_MAKING), default="not recorded")
    research = BooleanField(_l("Also agreed to research on existing images"))
    research_project = SelectField(
        _l("Research project whose form was signed"), choices=options([("", _l("None"))]), default=""
    )
    ethics_reference = StringField(_l("Ethics reference"), [AtMost(120)])
    genomic = BooleanField(_l("Covers genomic data as well"))
    duo = StringField(
        _l("Data Use Ontology codes"), [AtMost(200)], description=_l("For example DUO:0000006, several with commas")
    )
    commercial = SelectField(_l("Use by companies"), choices=options(_COMMERCIAL), default="")
    commercial_data = TextAreaField(
        _l("Use by companies: the data"), [AtMost(1000)], description=_l("Exactly what a company will see")
    )
    commercial_confidentiality = TextAreaField(
        _l("Use by companies: confidentiality"), [AtMost(1000)], description=_l("What the patient was told of it")
    )
    review_age = StringField(
        _l("Review at the age of"), [AtMost(2)], description=_l("In years, if it should be asked again at that age")
    )
    briefed_by = StringField(_l("Briefed by"), [AtMost(120)], description=_l("Who explained it at the imaging visit"))
    accessible_format = StringField(
        _l("Accessible format"), [AtMost(120)], description=_l("For example Easy Read, large print or sign language")
    )
    image = SelectField(_l("Which image"), choices=options([("", _l("Choose an image"))]), default="")
    recorded_from = PlainDate(_l("Recordings from"), [IfGiven()])
    recorded_to = PlainDate(_l("Recordings until"), [IfGiven(), NotInFuture()])
    photo_job = StringField(_l("Number of the photographic job"), [AtMost(40)])
    photo_image = StringField(_l("Number of the image in the job"), [AtMost(40)])

    known_publications: Sequence[str] = ()
    known_ethics: Sequence[str] = ()

    def offer_registered(self, known: Iterable[Entry]) -> None:
        """Offer what the register holds: projects to choose from, titles and references beside free text."""
        entries = list(known)
        projects = [(one.key, one.title) for one in entries if isinstance(one.details, Project)]
        self.research_project.choices = options([("", _("None")), *projects])
        self.known_publications = [one.title for one in entries if isinstance(one.details, Publication)]
        self.known_ethics = [one.details.reference for one in entries if isinstance(one.details, Ethics)]

    def offer_images(self, known: Iterable[tuple[str, str]]) -> None:
        """Offer the images of the study, by SOP Instance UID with words."""
        self.image.choices = options([("", _("Choose an image")), *known])

    def more_answers(self) -> list[Field]:
        """Return the rarer answers, a field a level."""
        return [self[f"more_{level.value}"] for level in Level]

    def validate_review_age(self, field: Field) -> None:
        """Take a whole number of years."""
        if field.data and not (field.data.isascii() and field.data.isdigit() and int(field.data) <= OLDEST_REVIEW):
            raise ValidationError(_("Enter the age in years, at most %(most)d, or leave it empty.", most=OLDEST_REVIEW))

    def validate_duo(self, _field: Field) -> None:
        """Take codes of the Data Use Ontology only."""
        if not all(DUO.fullmatch(code) for code in self.duo_codes()):
            raise ValidationError(_("A code of the Data Use Ontology is DUO: and seven digits."))

    def validate_commercial_data(self, field: Field) -> None:
        """Ask for the data that a company will see (R53)."""
        if self.commercial.data == "yes" and not field.data:
            raise ValidationError(_("Enter exactly which data a company will see."))

    def validate_commercial_confidentiality(self, field: Field) -> None:
        """Ask for what the patient was told of confidentiality (R53)."""
        if self.commercial.data == "yes" and not field.data:
            raise ValidationError(_("Enter what the patient was told of confidentiality."))

    def validate_recorded_to(self, field: Field) -> None:
        """Keep the dates in their order."""
        if field.data and self.recorded_from.data and field.data < self.recorded_from.data:
            raise ValidationError(_("'Recordings until' must not be before 'Recordings from'."))

    def duo_codes(self) -> tuple[str, ...]:
        """Return the codes that were entered."""
        return tuple(code.strip() for code in (self.duo.data or "").split(",") if code.strip())

    def bound_to(self, publication: str, text: str) -> p.Conditions:
        """Return what the patient tied the consent to.

        Parameters
        ----------
        publication, text : str
            The named publication, and conditions in words.
        """
        return p.Conditions(
            purposes=(RESEARCH,) if self.research.data else (),
            named_publication=publication,
            commercial={"yes": True, "no": False}.get(self.commercial.data or ""),
            commercial_data=self.commercial_data.data or "",
            commercial_confidentiality=self.commercial_confidentiality.data or "",
            research_project=self.research_project.data or "",
            ethics_reference=self.ethics_reference.data or "",
            duo=self.duo_codes(),
            genomic=bool(self.genomic.data),
            text=text,
        )
