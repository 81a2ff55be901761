"""Whether the patient can decide, and who may decide for them (GMC 28-34)."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField

from consent_portal.ledger import payloads as p
from consent_portal.ledger.payload import GRANTOR_WORDS
from consent_portal.registers.studies import Study
from consent_portal.services import acts, acts_about_people
from consent_portal.web.consent import shared_fields as shared
from consent_portal.web.consent.entry_form import EntryForm, Known, subject
from consent_portal.web.frame.fields import AtMost, Choice, Needed, options


class CapacityForm(EntryForm):
    """Whether the patient can decide this, now."""

    answer = Choice(
        _l("Can the patient make this decision?"),
        _l("Choose whether the patient can make this decision."),
        choices=shared.CAPACITY,
    )
    assessor = StringField(
        _l("Who assessed capacity"), [Needed(_l("Enter who assessed the patient's capacity.")), AtMost(120)]
    )
    decision = StringField(
        _l("For which decision"),
        [Needed(_l("Enter for which decision: capacity is found for one decision at one time.")), AtMost(300)],
        description=_l("Capacity is assessed for one decision, for example teaching with photographs of a scar"),
    )
    said_on = shared.said_on(_l("Date of the assessment"), _l("Enter the day on which capacity was assessed."))
    scope = shared.covers()

    def record(self, session: Session, study: Study, actor: acts.Actor) -> acts.Act:
        """Record the assessment."""
        capacity = p.Capacity(answer=p.CapacityAnswer(self.answer.data), assessor=self.assessor.data or "")
        assessed = p.CapacityAssessed(capacity=capacity, decision=self.decision.data or "")
        return acts_about_people.assess_capacity(
            session, subject(study, self.scope.data), assessed, actor, self.said_on.data
        )


class AddRepresentativeForm(EntryForm):
    """Who may decide for the patient from now on, and how that is known."""

    name = StringField(_l("Name"), [Needed(_l("Enter the name of the representative.")), AtMost(120)])
    authority = Choice(
        _l("By what authority?"),
        _l("Choose by what authority they decide."),
        choices=tuple(one for one in shared.GRANTORS if one[0] != "patient"),
    )
    evidence = StringField(
        _l("Evidence of their authority"),
        [Needed(_l("Enter the evidence that this person may decide for the patient.")), AtMost(300)],
        description=_l("For example the registration number of the power of attorney, or the court order"),
    )
    said_on = shared.said_on(_l("Date on which the evidence was seen"), _l("Enter the day on which it was seen."))

    def record(self, session: Session, study: Study, actor: acts.Actor) -> acts.Act:
        """Record the representative, for all recordings of the patient."""
        added = p.Representative(
            name=self.name.data or "",
            kind=p.GrantorKind(self.authority.data),
            evidence=self.evidence.data or "",
        )
        return acts_about_people.add_representative(session, subject(study, "patient"), added, actor, self.said_on.data)


class RemoveRepresentativeForm(EntryForm):
    """Who may no longer decide for the patient, and how that is known."""

    who = SelectField(_l("Who"), [Needed(_l("Choose who may no longer decide."))], choices=[], default="")
    evidence = StringField(
        _l("How that is known"),
        [Needed(_l("Enter how it is known that they may no longer decide.")), AtMost(300)],
        description=_l("For example that the power of attorney was revoked, and the day"),
    )
    said_on = shared.said_on(_l("Date on which it ended"), _l("Enter the day on which their authority ended."))
    standing: dict[str, p.Representative]

    def offer(self, known: Known) -> None:
        """Offer whoever may decide now."""
        self.standing = known.representatives
        people = [(key, f"{one.name} ({_(GRANTOR_WORDS[one.kind])})") for key, one in self.standing.items()]
        self.who.choices = options([("", _("Choose a person")), *people])

    def record(self, session: Session, study: Study, actor: acts.Actor) -> acts.Act:
        """Record that they were removed, for all recordings of the patient."""
        known = self.standing[self.who.data]
        removed = known.model_copy(update={"evidence": self.evidence.data or ""})
        return acts_about_people.remove_representative(
            session, subject(study, "patient"), removed, actor, self.said_on.data
        )
