"""The first page after signing in: what this role does here, and what waits."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template, url_for
from flask_babel import lazy_gettext as _l
from flask_security import current_user

from consent_portal.parts import parts
from consent_portal.web.frame.access import EVERYONE, Role, allowed, role_of_user, roles_of
from consent_portal.web.work.answered import Told, told_views
from consent_portal.web.work.copies import copies_to_delete
from consent_portal.web.work.waiting import counts

blueprint = Blueprint("home", __name__, template_folder="templates")

PURPOSE_OF_ROLE = {
    Role.CLINICIAN: _l("Find a study, see what it may be used for and why, and ask for amended consent."),
    Role.MEDICAL_ILLUSTRATION: _l(
        "Record what patients agreed to, amend or withdraw it, and work through the questions."
    ),
    Role.DEPARTMENT_ADMIN: _l("Keep the notices of your department: set them up, publish and print them."),
    Role.CALDICOTT_GUARDIAN: _l("See everything that left and why, decide on held releases, and check the ledger."),
    Role.TRAINER: _l("Find images for teaching, without names, and see what is permitted."),
    Role.ADMINISTRATOR: _l("Keep accounts and the installation. You see no patient data."),
}

CARDS = (
    ("studies.find", _l("Find a study"), _l("By number, name, date, accession or modality")),
    ("teaching.find", _l("Find teaching images"), _l("By modality, body part and year; no names are shown")),
    ("identity.index", _l("Details disagree"), _l("Recordings under one number that may be of two people")),
    ("asks.index", _l("Questions to ask"), _l("Uses that wait for an answer from a patient or the Guardian")),
    ("images.index", _l("Images to look at"), _l("What a picture may show, before it leaves")),
    ("reviews.index", _l("Held releases"), _l("Publications that wait for a second person")),
    ("copies.index", _l("Copies to delete"), _l("Copies that you have and that a patient took back")),
    ("recalls.index", _l("Recalls"), _l("Releases that a later withdrawal covers")),
    ("corrections.index", _l("Entered in error"), _l("Records made by mistake, and what left meanwhile")),
    ("breaches.index", _l("Breaches"), _l("What reached, or stayed with, somebody who may not have it")),
    ("releases.index", _l("What left"), _l("Who, when, to whom, how and by which rule")),
    ("journal.index", _l("Care reads"), _l("Originals opened for direct care")),
    ("ledger.health", _l("Ledger"), _l("Check that no record was changed or removed")),
    ("recipients.index", _l("Recipients"), _l("Places that may receive images")),
    ("policy.show", _l("Policy"), _l("The rules in force, with their sources")),
    ("leaflets.index", _l("Notices"), _l("Posters and inserts that inform patients")),
    (
        "notice_versions.index",
        _l("Versions of the notices"),
        _l("What patients are told, from draft to the public page"),
    ),
    ("displays.index", _l("Where notices hang"), _l("Each place, and what needs a visit")),
    ("letters.index", _l("Letters"), _l("Inserts for a letter run, from a list")),
    ("users.index", _l("Users"), _l("Accounts and their roles")),
    ("system.health", _l("Health"), _l("Whether every part answers")),
)


@dataclass(frozen=True)
class Card:
    """One thing to do, with how much of it waits."""

    title: Any
    words: Any
    href: str
    waiting: int


@blueprint.get("/")
@allowed(*EVERYONE)
def dashboard() -> str:
    """Show what this role can do."""
    role = role_of_user()
    waiting = counts(role) if role else {}
    cards = [
        Card(title, words, url_for(endpoint), waiting.get(endpoint, 0))
        for endpoint, title, words in CARDS
        if role in roles_of(endpoint, current_app)
    ]
    return render_template(
        "pages/dashboard.html",
        purpose=PURPOSE_OF_ROLE.get(role) if role else "",
        cards=cards,
        told=_told(role),
        to_delete=copies_to_delete() if role in roles_of("copies.index", current_app) else [],
    )


def _told(role: Role | None) -> list[Told]:
    if role not in roles_of("asks.seen", current_app):
        return []
    with parts().database.reading() as session:
        return told_views(session, current_user.username)
