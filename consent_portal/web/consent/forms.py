"""The consent form: four independent answers, none preselected, and how they were obtained (policy.md, "Events")."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import StopValidation, ValidationError

from consent_portal.ledger.by_name import BY_NAME, COMMERCIAL, RESEARCH, RESEARCH_CAPTURE
from consent_portal.ledger.levels import SECONDARY, Level
from consent_portal.web.consent import form_rules
from consent_portal.web.consent import shared_fields as shared
from consent_portal.web.consent.more_fields import MoreAboutConsent
from consent_portal.web.consent.shared_fields import CAPACITY, GRANTORS
from consent_portal.web.frame import wording
from consent_portal.web.frame.fields import AtMost, Choice, Form, IfGiven, Needed, NotInFuture, PlainDate, options

ANSWERS = (("yes", _l("Yes")), ("no", _l("No")), ("not-chosen", _l("Not chosen")))
AMENDED_ANSWERS = (("yes", _l("Yes")), ("no", _l("No")), ("not-chosen", _l("Leave as it is")))
MANNERS = (("written", _l("In writing, on a signed form")), ("oral", _l("Orally, and noted in the record")))
OTHER_LEAFLET = "other"
SCOPES = (
    ("study", _l("This study")),
    ("series", _l("One series of this study")),
    ("instance", _l("One image of this study")),
    ("episode", _l("One episode of care")),
    ("patient", _l("All recordings of this patient")),
)


class _AnsweredHere:
    """One answer for a level: among the three, or among the rarer ones, and never both."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        """Stop with the message where there is no answer, or two."""
        rarer = form[f"more_{field.name.removeprefix('level_')}"].data
        if rarer and field.data:
            raise StopValidation(_("'%(label)s' has two answers: keep one of them.", label=field.label.text))
        if rarer:
            raise StopValidation
        if not field.data:
            raise StopValidation(str(self.message))


def _level(level: Level, answers: tuple[tuple[str, Any], ...] = ANSWERS) -> Choice:
    third = answers[-1][1]
    message = _l("Choose yes, no or '%(third)s' for '%(label)s'.", label=level.label, third=third)
    return Choice(level.label, message, choices=answers, check=_AnsweredHere(message))


class ConsentForm(MoreAboutConsent):
    """What the patient, or a person with authority, said, and how it was obtained."""

    right_patient = BooleanField(
        _l("Yes: the name and the number above are those on the form or given by the patient"),
        [Needed(_l("Confirm that this is the right patient."))],
    )
    level_record = _level(Level.RECORD)
    level_teaching = _level(Level.TEACHING)
    level_print = _level(Level.PRINT)
    level_internet = _level(Level.INTERNET)

    requesting_clinician = StringField(
        _l("Requesting clinician"),
        [Needed(_l("Enter the requesting clinician: the person who asked the patient for consent.")), AtMost(120)],
        description=_l("Who discussed the recording with the patient and asked for consent"),
    )
    discussed_on = PlainDate(_l("Date of the discussion"), [Needed(_l("Enter the date of the discussion."))])
    explained_by = StringField(
        _l("Who explained it"), [AtMost(120)], description=_l("If it was not the requesting clinician")
    )

    grantor = Choice(_l("Who gave this answer?"), _l("Choose who gave this answer."), choices=GRANTORS)
    grantor_name = StringField(_l("Their name"), [AtMost(120)], description=_l("Leave empty if it was the patient"))
    grantor_evidence = StringField(
        _l("Evidence of their authority"),
        [AtMost(300)],
        description=_l("For example the registration number of the power of attorney, or the court order"),
    )
    capacity = Choice(
        _l("Could the patient make this decision?"),
        _l("Choose whether the patient could make this decision."),
        choices=CAPACITY,
    )
    capacity_assessor = StringField(_l("Who assessed capacity"), [AtMost(120)])

    manner = Choice(_l("How was it given?"), _l("Choose whether it was given in writing or orally."), choices=MANNERS)
    received = shared.received(needed=False)
    taken_by = shared.taken_by()
    witness = StringField(_l("Witness"), [AtMost(120)])
    interpreter = StringField(_l("Interpreter"), [AtMost(120)])
    language = StringField(_l("Language used"), [AtMost(60)])
    form_version = StringField(_l("Version of the consent form"), [AtMost(40)])
    leaflet_version = SelectField(_l("Leaflet given"), choices=options([("", _l("None, or not known"))]), default="")
    leaflet_other = StringField(
        _l("Which other leaflet"), [AtMost(40)], description=_l("Its name and version, if it was none of ours")
    )

    scope = Choice(_l("What does this cover?"), _l("Choose what this covers."), choices=SCOPES)
    series = SelectField(
        _l("Which series"), choices=options([("", _l("Choose a series"))]), default="", validate_choice=True
    )
    episode = StringField(
        _l("Number of the episode"), [AtMost(64)], description=_l("The hospital's own number of the episode of care")
    )
    valid_from = PlainDate(_l("Valid from"), [IfGiven()], description=_l("Leave empty for the date of the discussion"))
    valid_to = PlainDate(_l("Valid until"), [IfGiven()], description=_l("Leave empty if no end was agreed"))
    publication = StringField(
        _l("Named publication"),
        [AtMost(300)],
        description=_l("If the answer is for one journal, book or website only: its name, as in the register"),
    )
    conditions = TextAreaField(_l("Conditions"), [AtMost(1000)], description=_l("Anything else the patient asked for"))

    published_on: Mapping[str, date] = MappingProxyType({})
    """The day on which each leaflet that is offered was published."""

    def offer_leaflets(self, known: Mapping[str, tuple[Any, date]]) -> None:
        """Offer our published leaflets: the words and the day of publication of each, by what is recorded."""
        self.published_on = {key: day for key, (_words, day) in known.items()}
        ours = [(key, words) for key, (words, _day) in known.items()]
        self.leaflet_version.choices = options(
            [("", _("None, or not known")), *ours, (OTHER_LEAFLET, _("Another leaflet"))]
        )

    def leaflet(self) -> str:
        """Return which leaflet was given, as the record names it (R41)."""
        chosen = self.leaflet_version.data or ""
        return (self.leaflet_other.data or "") if chosen == OTHER_LEAFLET else chosen

    def validate_leaflet_version(self, field: Field) -> None:
        """Refuse a leaflet that did not exist on the day."""
        day = self.published_on.get(field.data or "")
        if day and self.discussed_on.data and self.discussed_on.data < day:
            raise ValidationError(_("That leaflet was published after the date of the discussion."))

    def validate_leaflet_other(self, field: Field) -> None:
        """Ask for the name of a leaflet that is not ours."""
        if self.leaflet_version.data == OTHER_LEAFLET and not field.data:
            raise ValidationError(_("Enter which other leaflet was given."))

    born: date | None = None
    """The patient's date of birth, where it is known."""

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Return whether it can be recorded: each field for itself, and by the rules of the ledger."""
        passed: bool = super().validate(extra_validators)
        return not form_rules.tell(self, form_rules.faults(self)) and passed

    def validate_series(self, field: Field) -> None:
        """Ask which series when the scope is one series."""
        if self.scope.data == "series" and not field.data:
            raise ValidationError(_("Choose which series this covers."))

    def validate_image(self, field: Field) -> None:
        """Ask which image when the scope is one image."""
        if self.scope.data == "instance" and not field.data:
            raise ValidationError(_("Choose which image this covers."))

    def validate_episode(self, field: Field) -> None:
        """Ask for the episode's number when the scope is an episode."""
        if self.scope.data == "episode" and not field.data:
            raise ValidationError(_("Enter the number of the episode this covers."))

    def answer_fields(self) -> list[tuple[Level, Field]]:
        """Return the four levels with their fields, in the order of the paper form."""
        return [(level, self[f"level_{level.value}"]) for level in Level]

    def answers(self) -> dict[Level, str]:
        """Return what was chosen for each level: yes, no, not-chosen, unknown or not asked."""
        return {level: str(self[f"more_{level}"].data or field.data) for level, field in self.answer_fields()}


class AmendForm(ConsentForm):
    """The same form again, with a reason: the earlier record stays as it is (R38).

    An amendment changes the levels it names and leaves the others alone, so the third answer says so.
    """

    level_record = _level(Level.RECORD, AMENDED_ANSWERS)
    level_teaching = _level(Level.TEACHING, AMENDED_ANSWERS)
    level_print = _level(Level.PRINT, AMENDED_ANSWERS)
    level_internet = _level(Level.INTERNET, AMENDED_ANSWERS)

    amend_reason = TextAreaField(
        _l("Why is the record being amended?"), [Needed(_l("Enter why the record is being amended.")), AtMost(500)]
    )


class WithdrawForm(Form):
    """Taking consent back: no more steps than giving it (R19)."""

    right_patient = BooleanField(
        _l("Yes: the name and the number above are those given by the patient"),
        [Needed(_l("Confirm that this is the right patient."))],
    )
    everything = Choice(
        _l("What is withdrawn?"),
        _l("Choose what is withdrawn."),
        choices=(
            ("all", _l("Every use beyond the patient's own care")),
            ("some", _l("Only some uses, chosen below")),
        ),
    )
    teaching = BooleanField(Level.TEACHING.label)
    print = BooleanField(Level.PRINT.label)
    internet = BooleanField(Level.INTERNET.label)
    research = BooleanField(wording.PURPOSES[RESEARCH])
    research_capture = BooleanField(wording.PURPOSES[RESEARCH_CAPTURE])
    commercial = BooleanField(wording.PURPOSES[COMMERCIAL])
    told_by = Choice(_l("Who withdrew it?"), _l("Choose who withdrew it."), choices=GRANTORS)
    told_by_name = StringField(_l("Their name"), [AtMost(120)], description=_l("Leave empty if it was the patient"))
    received = Choice(_l("How did they tell us?"), _l("Choose how they told us."), choices=shared.RECEIVED)
    taken_by = shared.taken_by()
    told_on = PlainDate(
        _l("Date the patient told us"), [Needed(_l("Enter the date the patient told us.")), NotInFuture()]
    )
    scope = Choice(
        _l("What does this cover?"),
        _l("Choose what this covers."),
        choices=(("study", _l("This study")), ("patient", _l("All recordings of this patient"))),
    )
    others = SelectMultipleField(
        _l("Also for these numbers, which may be this patient's"),
        description=_l(
            "Tick only what the patient meant. All recordings under each number that you tick are withdrawn."
        ),
    )
    reason = TextAreaField(
        _l("Reason, in the patient's words if given"),
        [Needed(_l("Enter a reason. 'No reason given' is enough: a patient need not give one.")), AtMost(500)],
    )

    def offer_others(self, others: list[tuple[str, str]]) -> None:
        """Offer the other numbers that may be the patient's, by their keys and in words."""
        self.others.choices = options(others)

    def levels(self) -> list[Level]:
        """Return the levels that are withdrawn."""
        secondary = (Level.TEACHING, Level.PRINT, Level.INTERNET)
        return [level for level in secondary if self.everything.data == "all" or self[level.value].data]

    def purposes(self) -> tuple[str, ...]:
        """Return the uses that no level covers and that are withdrawn by name."""
        return tuple(one for one in BY_NAME if self.everything.data == "some" and self[one.replace("-", "_")].data)

    def some_uses(self) -> list[Field]:
        """Return the ticks of what is withdrawn where it is not everything."""
        return [self[name.replace("-", "_")] for name in (*map(str, SECONDARY), *BY_NAME)]

    def validate_teaching(self, _field: Field) -> None:
        """Ask for at least one use when only some are withdrawn."""
        if self.everything.data == "some" and not self.levels() and not self.purposes():
            raise ValidationError(_("Choose at least one use that is withdrawn."))
