"""A no: when the patient was asked, and when the patient objects unasked."""

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import StringField

from consent_portal.ledger import payloads as p
from consent_portal.ledger.kinds.objection import KIND_WORDS
from consent_portal.registers.studies import Study
from consent_portal.services import acts
from consent_portal.web.consent import shared_fields as shared
from consent_portal.web.consent.entry_form import ReachingForm
from consent_portal.web.frame.fields import AtMost, Choice, Form, Needed


class SaidNo(Form):
    """What was refused, by whom, when, and who had asked."""

    said_no_to = shared.said_no_to()
    said_by = shared.said_by(_l("Who said no?"), _l("Choose who said no."))
    said_by_name = shared.said_by_name()
    requesting_clinician = StringField(
        _l("Who asked"),
        [Needed(_l("Enter who asked: the clinician or member of staff.")), AtMost(120)],
        description=_l("The clinician or member of staff who put the question"),
    )
    said_on = shared.said_on()
    received = shared.received(needed=False)
    taken_by = shared.taken_by()
    reason = shared.own_words()

    def refused(self) -> p.Refused:
        """Return the refusal as the ledger keeps it."""
        return p.Refused(
            levels=shared.levels_in(self.said_no_to.data),
            purposes=shared.named_in(self.said_no_to.data),
            requesting_clinician=self.requesting_clinician.data or "",
            grantor=shared.grantor(self.said_by.data, self.said_by_name.data),
            received=self.received.data,
            taken_by=self.taken_by.data or "",
            reason=self.reason.data or "",
        )


class RefusalForm(SaidNo, ReachingForm):
    """A no that was the answer to a question asked elsewhere."""

    scope = shared.covers()
    others = shared.others()

    def record(self, session: Session, study: Study, actor: acts.Actor) -> acts.Act:
        """Record the refusal."""
        refused, day = self.refused(), self.said_on.data
        return self.said(
            session, study, self.scope.data, lambda subject: acts.refuse(session, subject, refused, actor, day)
        )


class ObjectionForm(ReachingForm):
    """An objection, or a request for erasure (R39)."""

    kind = Choice(
        _l("What is it?"),
        _l("Choose whether it is an objection or a request for erasure."),
        choices=tuple((kind, _l(words)) for kind, words in KIND_WORDS.items()),
    )
    objected_to = shared.objected_to()
    said_by = shared.said_by(_l("Who objects?"), _l("Choose who objects."))
    said_by_name = shared.said_by_name()
    said_on = shared.said_on()
    received = shared.received(needed=False)
    taken_by = shared.taken_by()
    scope = shared.covers()
    others = shared.others()
    reason = shared.own_words()

    def record(self, session: Session, study: Study, actor: acts.Actor) -> acts.Act:
        """Record the objection."""
        objection = p.Objection(
            kind=self.kind.data,
            levels=shared.levels_in(self.objected_to.data),
            purposes=shared.named_in(self.objected_to.data),
            grantor=shared.grantor(self.said_by.data, self.said_by_name.data),
            received=self.received.data,
            taken_by=self.taken_by.data or "",
            reason=self.reason.data or "",
        )
        day = self.said_on.data
        return self.said(
            session, study, self.scope.data, lambda subject: acts.object_to(session, subject, objection, actor, day)
        )
