"""Papers and explanations: the leaflet explained, the signed form, the patient's copy (R41, R44; GMC 24-25)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from sqlalchemy.orm import Session
from wtforms import Field, SelectField, StringField
from wtforms.validators import ValidationError

from consent_portal.ledger import payloads as p
from consent_portal.ledger.kinds.receipt import FORMAT_WORDS
from consent_portal.registers.studies import Study
from consent_portal.services import acts, acts_about_people, acts_with_papers
from consent_portal.web.consent import scans
from consent_portal.web.consent.entry_form import EntryForm, Known, subject
from consent_portal.web.frame.event_words import event_name
from consent_portal.web.frame.fields import AtMost, Choice, Needed, options
from consent_portal.web.notices import site as leaflet


class ExplainedForm(EntryForm):
    """That it was explained how the recording is made and used (R44)."""

    practicable = Choice(
        _l("Was it explained?"),
        _l("Choose whether it was explained."),
        choices=(("yes", _l("Yes, it was explained")), ("no", _l("No, it was not practicable to explain"))),
    )
    explained_by = StringField(_l("By whom"), [Needed(_l("Enter who explained it, or who could not.")), AtMost(120)])
    leaflet_version = SelectField(_l("Leaflet given"), choices=[], default="")

    def offer(self, _known: Known) -> None:
        """Offer our published leaflets."""
        given: Mapping[str, tuple[Any, date]] = leaflet.given()
        ours = [(key, words) for key, (words, _day) in given.items()]
        self.leaflet_version.choices = options([("", _("None, or not known")), *ours])

    def record(self, session: Session, study: Study, actor: acts.Actor) -> acts.Act:
        """Record the explanation, for this study's attendance."""
        explained = p.Explained(
            leaflet_version=self.leaflet_version.data or "",
            explained_by=self.explained_by.data or "",
            practicable=self.practicable.data == "yes",
        )
        return acts_about_people.explain(session, subject(study, "study"), explained, actor)


class _PaperForm(EntryForm):
    """A paper that belongs to something that was said."""

    about = SelectField(
        _l("Which record it belongs to"), [Needed(_l("Choose the record it belongs to."))], choices=[], default=""
    )

    def offer(self, known: Known) -> None:
        """Offer what was said."""
        said = [(event.id, event_name(event)) for event in known.said]
        self.about.choices = options([("", _("Choose a record")), *said])


class SignedFormForm(_PaperForm):
    """The scan of a signed form: only what identifies it is kept (ADR 0147)."""

    form_version = StringField(_l("Version of the consent form"), [AtMost(40)])
    scan = FileField(
        _l("Scan of the signed form"),
        description=_l(
            "PDF, JPEG or PNG, at most 20 MB. Its checksum is recorded; keep the scan itself where you keep it now"
        ),
    )
    read: scans.Scan

    def validate_scan(self, field: Field) -> None:
        """Take a scan that can be read, whatever its name says."""
        try:
            self.read = scans.read(field.data)
        except scans.NoScan as fault:
            raise ValidationError(str(fault)) from None

    def record(self, session: Session, study: Study, actor: acts.Actor) -> acts.Act:
        """Record the scan's checksum and its pages."""
        attached = p.FormAttached(
            form_version=self.form_version.data or "", scan_sha256=self.read.sha256, pages=self.read.pages
        )
        return acts_with_papers.attach_form(session, study, self.about.data, attached, actor)


class ReceiptForm(_PaperForm):
    """That the patient was given a copy of what is recorded."""

    format = Choice(
        _l("How was it given?"),
        _l("Choose how it was given."),
        choices=tuple((one, _l(words)) for one, words in FORMAT_WORDS.items()),
    )
    given_to = StringField(
        _l("Given to"), [Needed(_l("Enter to whom the copy was given.")), AtMost(120)], description=_l("A name")
    )

    def record(self, session: Session, study: Study, actor: acts.Actor) -> acts.Act:
        """Record the receipt."""
        issued = p.ReceiptIssued(format=self.format.data, given_to=self.given_to.data or "")
        return acts_with_papers.issue_receipt(session, study, self.about.data, issued, actor)
