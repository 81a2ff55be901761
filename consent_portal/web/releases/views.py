"""Everything that left: who, when, to whom, for what, how, and by which rule."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consent_portal.clock import local_day
from consent_portal.ledger import payloads, store
from consent_portal.ledger.checks import Refusal
from consent_portal.parts import parts
from consent_portal.registers import studies as register
from consent_portal.services import papers, publication, queries
from consent_portal.services.queries import Disclosure
from consent_portal.tasks import recalls
from consent_portal.web.frame.access import CARE, Role, allowed, role_of_user
from consent_portal.web.frame.paging import Page
from consent_portal.web.identity.study_words import plain_words, study_view
from consent_portal.web.releases.forms import FilterReleases, MarkPublished
from consent_portal.web.releases.present import published_words, release_views, sender_words

blueprint = Blueprint("releases", __name__, template_folder="templates", url_prefix="/releases")
SEE_ALL = frozenset({Role.CALDICOTT_GUARDIAN, Role.MEDICAL_ILLUSTRATION})
READERS = (Role.CALDICOTT_GUARDIAN, Role.MEDICAL_ILLUSTRATION, Role.CLINICIAN, Role.TRAINER)


@blueprint.get("")
@allowed(*READERS)
def index() -> str:
    """List what left: everything for those who watch over it, one's own for those who asked."""
    form = FilterReleases(request.args)
    good = form.validate()
    everything = role_of_user() in SEE_ALL
    with parts().database.reading() as session:
        found = queries.everything_released(session)
        left = [one for one in reversed(found) if _mine(one, everything) and good and _matches(one, form)]
        page = Page.of(left, request.args)
        words = _words_of(session, page.rows)
        recalled = recalls.of_releases(session, [one.event.id for one in page.rows])
    return render_template(
        "releases/index.html",
        form=form,
        releases=release_views(page.rows, words, recalled),
        total=len(left),
        page=page.links(_address, _words(page)),
        all_of_them=everything,
        show_patient=True,
        may_open_studies=role_of_user() in CARE,
        may_mark=True,
    )


def _mine(release: Disclosure, everything: bool) -> bool:  # one plain fact
    return everything or release.released.sender.casefold() == current_user.username.casefold()


def _matches(release: Disclosure, form: FilterReleases) -> bool:
    left = release.released
    day = local_day(release.event.recorded_at)
    return (
        form.purpose.data in ("", left.purpose)
        and form.profile.data in ("", left.profile)
        and (form.sender.data or "").casefold() in left.sender.casefold()
        and (form.recipient.data or "").casefold() in left.recipient.casefold()
        and (form.from_date.data is None or day >= form.from_date.data)
        and (form.to_date.data is None or day <= form.to_date.data)
    )


def _words_of(session: Any, releases: list[Disclosure]) -> dict[str, tuple[str, str]]:
    named = role_of_user() in CARE
    words = {}
    for uid in {release.event.scope.study_uid for release in releases}:
        study = register.by_uid(session, uid)
        if study is not None:
            words[uid] = (study.key, study_view(study).what if named else plain_words(study))
    return words


def _words(page: Page[Disclosure]) -> str:
    return str(_("%(first)d to %(last)d of %(total)d", first=page.first, last=page.last, total=page.total))


def _address(number: int) -> str:
    asked: dict[str, Any] = {**request.args, "page": number}
    return url_for("releases.index", **asked)


@blueprint.route("/<uuid:release>/published", methods=["GET", "POST"])
@allowed(*READERS)
def published(release: Any) -> str | Response:
    """Say that a release was published, and when the patient was told; then it cannot be recalled."""
    with parts().database.reading() as session:
        found = store.event(session, str(release))
        if found is None or not publication.may_mark(found, current_user.username, str(role_of_user())):
            abort(404)
        before = publication.publication_of(session, found)
    form = MarkPublished(where=before.where if before else "")
    if form.validate_on_submit() and _marked(str(release), form):
        flash(_("It is on record that this was published."), "success")
        return redirect(url_for("releases.index"))
    return render_template(
        "releases/published.html",
        form=form,
        left=found.payload,
        sender=sender_words(found.payload),  # type: ignore[arg-type]  # `may_mark` has looked
        left_at=found.recorded_at,
        before=published_words(before) if before else "",
    )


def _marked(release: str, form: MarkPublished) -> bool:
    made = payloads.Published(where=form.where.data or "", told_on=form.told_on.data)
    try:
        with parts().database.writing() as session:
            papers.publish(session, release, made, current_user.username)
    except Refusal as refusal:
        form.form_errors.append(str(refusal))
        return False
    return True
