"""The register of recipients, as a form (R13, R55)."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from consent_portal.registers.recipients import Recipient, RecipientKind, countries
from consent_portal.web.frame.fields import AtMost, Choice, Form, IfGiven, Needed, PlainDate, options

KINDS = {
    RecipientKind.INSIDE: _l("Inside this organisation"),
    RecipientKind.NHS: _l("Another NHS or health service organisation"),
    RecipientKind.UNIVERSITY: _l("A university"),
    RecipientKind.UK_SCHOOL: _l("Another school of radiology in the United Kingdom"),
    RecipientKind.RCR_ARCHIVE: _l("A teaching archive of the Royal College of Radiologists"),
    RecipientKind.COMPANY: _l("A company"),
    RecipientKind.PUBLISHER: _l("A publisher"),
    RecipientKind.OTHER: _l("Another place"),
}


SECURE = _l("Only the Caldicott Guardian can say that a place is an audited secure environment. Choose No.")


class RecipientForm(Form):
    """What the register holds of a place (R13, R55): `guardian` says who fills it in, `before` what it was."""

    guardian = True
    before: Recipient | None = None
    name = StringField(_l("Full name"), [Needed(_l("Enter the full name.")), AtMost(200)])
    kind = SelectField(
        _l("What it is"),
        [Needed(_l("Choose what it is."))],
        choices=options([("", _l("Choose what it is")), *KINDS.items()]),
        default="",
    )
    address = TextAreaField(
        _l("Address for letters"), [AtMost(500)], description=_l("With the person it is for, line by line")
    )
    country = SelectField(_l("Country"), choices=options([("", _l("Not recorded")), *countries().items()]), default="")
    contract_reference = StringField(_l("Contract reference"), [AtMost(200)])
    contract_start = PlainDate(_l("Contract from"), [IfGiven()])
    contract_end = PlainDate(_l("Contract until"), [IfGiven()])
    steward = StringField(_l("Data steward"), [AtMost(200)])
    named_people = TextAreaField(_l("Named people"), [AtMost(1000)], description=_l("One a line"))
    responsible_professional = StringField(_l("Responsible professional"), [AtMost(200)])
    evidence = TextAreaField(_l("Evidence that risks are controlled"), [AtMost(1000)])
    secure_environment = Choice(
        _l("Is it a secure environment that is independently audited?"),
        _l("Choose whether it is an audited secure environment."),
        choices=(("yes", _l("Yes")), ("no", _l("No"))),
    )
    audited_on = PlainDate(_l("Last audited on"), [IfGiven()])
    data_flow = TextAreaField(_l("How the data flows"), [AtMost(1000)])
    anonymisation_process = TextAreaField(_l("How it is anonymised there"), [AtMost(1000)])
    archiving = TextAreaField(_l("How it is archived"), [AtMost(1000)])
    keep_until_days = StringField(_l("How many days it may be kept"), [AtMost(20)])
    conditions_of_use = TextAreaField(_l("Conditions of use"), [AtMost(1000)])

    def validate_secure_environment(self, field: Choice) -> None:
        """Leave it to the Caldicott Guardian to say that coded data are safe there (R55)."""
        already = self.before is not None and self.before.secure_environment
        if field.data == "yes" and not (self.guardian or already):
            raise ValidationError(str(SECURE))

    def validate_kind(self, field: SelectField) -> None:
        """Leave it to the Caldicott Guardian to make a company, say, another kind of place (R62, R63)."""
        if self.before is not None and not self.guardian and field.data != self.before.kind:
            raise ValidationError(_("Only the Caldicott Guardian can change what a place is."))

    def validate_keep_until_days(self, field: StringField) -> None:
        """Take a whole number of days or nothing."""
        if field.data and not field.data.isdigit():
            raise ValidationError(_("The number of days must be a whole number, such as 365."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Keep the contract's dates in their order."""
        good: bool = super().validate(extra_validators)
        if self.contract_start.data and self.contract_end.data and self.contract_end.data < self.contract_start.data:
            self.contract_end.errors = [_("'Contract until' must be after 'Contract from'.")]
            return False
        return good

    def recipient(self, key: str) -> Recipient:
        """Return the register's entry of that short name."""
        return Recipient(
            key=key,
            name=self.name.data or "",
            kind=RecipientKind(self.kind.data),
            address=self.address.data or "",
            contract_start=self.contract_start.data,
            contract_end=self.contract_end.data,
            named_people=tuple(line.strip() for line in (self.named_people.data or "").splitlines() if line.strip()),
            secure_environment=self.secure_environment.data == "yes",
            audited_on=self.audited_on.data,
            responsible_professional=self.responsible_professional.data or "",
            keep_until_days=int(self.keep_until_days.data) if self.keep_until_days.data else None,
            conditions_of_use=self.conditions_of_use.data or "",
            contract_reference=self.contract_reference.data or "",
            steward=self.steward.data or "",
            evidence=self.evidence.data or "",
            data_flow=self.data_flow.data or "",
            anonymisation_process=self.anonymisation_process.data or "",
            archiving=self.archiving.data or "",
            country=self.country.data or "",
        )


class NewRecipient(RecipientForm):
    """A place that is entered for the first time."""

    key = StringField(
        _l("Short name"),
        [Needed(_l("Enter a short name.")), AtMost(60)],
        description=_l("Small letters, digits and hyphens; used when exporting, for example city-university"),
    )

    def validate_key(self, field: StringField) -> None:
        """Take what an address and a request both take."""
        typed: str = field.data or ""
        if typed and not (typed.isascii() and typed.replace("-", "").isalnum() and typed == typed.lower()):
            raise ValidationError(_("The short name may hold only small letters, digits and hyphens."))


class ChangedRecipient(RecipientForm):
    """A place that is brought up to date; `seen` is the state of the entry that the form was made from."""

    seen = HiddenField()


def shown(recipient: Recipient) -> dict[str, Any]:
    """Return what a form of that recipient begins with."""
    return {
        **vars(recipient),
        "kind": str(recipient.kind),
        "named_people": "\n".join(recipient.named_people),
        "secure_environment": "yes" if recipient.secure_environment else "no",
        "keep_until_days": "" if recipient.keep_until_days is None else str(recipient.keep_until_days),
    }
