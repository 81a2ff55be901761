"""What happens in a patient's life and bears on their consent: growing up, and death (GMC 35, 47-48)."""

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import StringField, TextAreaField

from consent_portal.ledger import payloads as p
from consent_portal.ledger.kinds.maturity import OUTCOME_WORDS
from consent_portal.registers.studies import Study
from consent_portal.services import acts, acts_about_people
from consent_portal.web.consent import shared_fields as shared
from consent_portal.web.consent.entry_form import EntryForm, subject
from consent_portal.web.frame.fields import AtMost, Choice, IfGiven, Needed, NotInFuture, PlainDate


class DeathForm(EntryForm):
    """That the patient has died, and what they are known to have wished."""

    date_of_death = PlainDate(
        _l("Date of death"), [IfGiven(), NotInFuture()], description=_l("Leave empty if it is not known")
    )
    known_wishes = TextAreaField(
        _l("Known wishes"),
        [AtMost(1000)],
        description=_l("What the patient is known to have wished about their images, and who knows it"),
    )
    said_on = shared.said_on(_l("Date on which we were told"), _l("Enter the day on which we were told of the death."))

    def record(self, session: Session, study: Study, actor: acts.Actor) -> acts.Act:
        """Record the death, for all recordings of the patient."""
        noted = p.DeceasedNoted(date_of_death=self.date_of_death.data, known_wishes=self.known_wishes.data or "")
        return acts_about_people.note_deceased(session, subject(study, "patient"), noted, actor, self.said_on.data)


class MaturityForm(EntryForm):
    """What the young person said when asked about what others had agreed to."""

    outcome = Choice(
        _l("What did the young person say?"),
        _l("Choose what the young person said."),
        choices=tuple((outcome, _l(words)) for outcome, words in OUTCOME_WORDS.items()),
    )
    reviewed_by = StringField(
        _l("Who spoke with them"), [Needed(_l("Enter who spoke with the young person.")), AtMost(120)]
    )
    said_on = shared.said_on(_l("Date of the conversation"), _l("Enter the day on which they were asked."))
    note = TextAreaField(_l("Note"), [AtMost(500)])
    scope = shared.covers()

    def record(self, session: Session, study: Study, actor: acts.Actor) -> acts.Act:
        """Record the review; where everything was withdrawn, the withdrawal as well."""
        review = p.ReviewedAtMaturity(
            outcome=self.outcome.data, reviewed_by=self.reviewed_by.data or "", note=self.note.data or ""
        )
        return acts_about_people.review_at_maturity(
            session, subject(study, self.scope.data), review, actor, self.said_on.data
        )
