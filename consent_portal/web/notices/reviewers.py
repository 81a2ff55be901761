"""Who has read the wording of each language: until somebody has, its pages say that it awaits a reviewer."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from consent_portal.parts import parts
from consent_portal.publishing import settings
from consent_portal.web.frame.access import allowed, role_of_user
from consent_portal.web.frame.fields import options
from consent_portal.web.notices import site as leaflet
from consent_portal.web.notices.index import EDITORS, READERS
from consent_portal.web.notices.reviewers_form import SignWording
from notices.language import languages
from notices.settings.site import Review, Site
from notices.wording import wording

blueprint = Blueprint(
    "notice_reviews", __name__, template_folder="templates", url_prefix="/department/notices/reviewers"
)


@dataclass(frozen=True)
class Line:
    """One language, and who signed its present wording; None while nobody has."""

    code: str
    name: str
    review: Review | None


def _lines(site: Site) -> list[Line]:
    return [
        Line(code, f"{languages()[code].english} ({native})", site.review(code, wording(code).fingerprint))
        for code, native in leaflet.spoken().items()
        if code != "en"
    ]


def _form() -> SignWording:
    form = SignWording()
    form.language.choices = options((code, words) for code, words in leaflet.spoken().items() if code != "en")
    return form


@blueprint.get("")
@allowed(*READERS)
def index() -> str:
    """List the languages and their reviewers."""
    return _page(_form())


def _page(form: SignWording) -> str:
    with parts().database.reading() as session:
        lines = _lines(leaflet.site(session))
    may_sign = role_of_user() in EDITORS
    return render_template("leaflets/reviews.html", lines=lines, form=form if may_sign else None)


@blueprint.post("")
@allowed(*EDITORS)
def sign() -> ResponseReturnValue:
    """Enter who has read the present wording of a language."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form)
    with parts().database.writing() as session:
        site = leaflet.site(session)
        others = [one for one in site.data().get("reviews", ()) if one["language"] != form.language.data]
        reviews = [*others, _signature(form)]
        settings.save(session, Site.parse({**site.data(), "reviews": reviews}), current_user.username)
    flash(_("The reviewer is entered. The next version's pages in that language name them."), "success")
    return redirect(url_for("notice_reviews.index"))


def _signature(form: SignWording) -> dict[str, str]:
    return {
        "language": form.language.data,
        "reviewer": form.reviewer.data or "",
        "role": form.role.data or "",
        "date": form.date.data.isoformat() if form.date.data else "",
        "wording": wording(form.language.data).fingerprint,
    }
