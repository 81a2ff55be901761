"""Record something else: the list of what there is, and one page for each, all by one view and one template."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from consent_portal.ledger.checks import Refusal
from consent_portal.parts import parts
from consent_portal.registers.studies import Study
from consent_portal.services import queries
from consent_portal.services.acts import Act
from consent_portal.services.record_head import Moved
from consent_portal.web.consent import form_rules
from consent_portal.web.consent.actor import actor
from consent_portal.web.consent.entries import ENTRIES, Entry
from consent_portal.web.consent.entry_form import EntryForm, Known, ReachingForm, counting
from consent_portal.web.consent.made_from import MadeFrom, check, made_from, moved
from consent_portal.web.consent.reach import Reach, reach_of
from consent_portal.web.consent.scans import MOST_BYTES
from consent_portal.web.consent.telling import tell
from consent_portal.web.frame.access import CARE, allowed, role_of_user
from consent_portal.web.identity.lookup import present_study, registered_study
from consent_portal.web.identity.study_words import study_view

blueprint = Blueprint("entries", __name__, template_folder="templates", url_prefix="/studies/<uuid:study>/entries")
LARGEST_FILES = {"entries.signed-form": MOST_BYTES}
"""The largest file of each page that takes one, in bytes."""


@blueprint.get("")
@allowed(*CARE)
def index(study: Any) -> str:
    """List what this reader may record about a study now."""
    known = registered_study(str(study))
    may = [entry for entry in ENTRIES if role_of_user() in entry.roles and entry.fits(_known(known))]
    return render_template("consent/entries.html", study=study_view(known), entries=may)


def _view_of(entry: Entry) -> Callable[..., str | Response]:
    @allowed(*entry.roles)
    def record(study: Any) -> str | Response:
        known = present_study(str(study))
        form = entry.form()
        form.offer(_known(known))
        if isinstance(form, ReachingForm):
            form.offer_reach(_reach(known))
        act = _recorded(known, form) if form.validate_on_submit() else made_from(known)
        if isinstance(act, MadeFrom):
            return render_template("consent/event.html", study=study_view(known), form=form, entry=entry, made_from=act)
        flash(str(entry.done), "success")
        tell(act)
        return redirect(url_for("studies.show", study=known.key))

    record.__doc__ = f"Record: {entry.help}"
    return record


for one in ENTRIES:
    blueprint.add_url_rule(f"/{one.slug}", one.slug, _view_of(one), methods=["GET", "POST"])


def _known(study: Study) -> Known:
    with parts().database.reading() as session:
        events = [event for event in queries.history(session, study) if event.scope.touches(study.item)]
        return Known(queries.status(session, study), counting(events))


def _reach(study: Study) -> Reach:
    with parts().database.reading() as session:
        return reach_of(session, study)


def _recorded(study: Study, form: EntryForm) -> Act | MadeFrom:
    """Record what was filled in, or return what the form is made from where it has to be shown again."""
    seen = made_from(study)
    try:
        with parts().database.writing() as session:
            if not form.is_a_no:
                check(session, study, seen)
            return form.record(session, study, actor(session))
    except Moved:
        return moved(study, form, seen)
    except Refusal as refusal:
        form_rules.tell(form, refusal.faults)
        return seen
