"""Held releases: a second person looks, with a fresh password, and never at their own request (R29, F5)."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consent_portal.parts import parts
from consent_portal.registers import studies as register
from consent_portal.services import called_back, queries
from consent_portal.tasks import reviews
from consent_portal.tasks.reviews import Review, ReviewRefused
from consent_portal.web.frame.access import Role, allowed, role_of_user
from consent_portal.web.frame.limits import count_wrong_password, refuse_guessing
from consent_portal.web.frame.policy_in_force import site_now
from consent_portal.web.identity.study_words import study_view
from consent_portal.web.work.forms import DecideReview
from consent_portal.web.work.present import review_view

blueprint = Blueprint("reviews", __name__, template_folder="templates", url_prefix="/reviews")
REVIEWERS = tuple(Role(role) for role in sorted(reviews.REVIEWERS))


@blueprint.get("")
@allowed(*REVIEWERS)
def index() -> str:
    """List what is held and what was decided."""
    with parts().database.reading() as session:
        gone = called_back.overtaken(session, site_now(session))
        waiting = [
            review_view(review, current_user.username, overtaken=gone.get(review.id, ""))
            for review in reviews.waiting(session)
        ]
        closed = [review_view(review, current_user.username) for review in reviews.decided(session)]
    overtaken = [review for review in waiting if not review.open]
    still = [review for review in waiting if review.open]
    return render_template("reviews/index.html", waiting=still, closed=[*overtaken, *closed], show=_address)


def _address(review_id: str) -> str:
    return url_for("reviews.show", review=review_id)


@blueprint.get("/<uuid:review>")
@allowed(*REVIEWERS)
def show(review: Any) -> str:
    """Show a held release to the second reviewer."""
    return _page(str(review), DecideReview())


def _page(review_id: str, form: DecideReview) -> str:
    with parts().database.reading() as session:
        found = reviews.get(session, review_id)
        if found is None:
            abort(404)
        studies = tuple(_study(session, key) for key in found.studies)
        gone = called_back.overtaken(session, site_now(session)).get(found.id, "")
    view = review_view(found, current_user.username, tuple(study for study in studies if study), gone)
    may = view.open and not view.own
    return render_template("reviews/show.html", review=view, form=form if may else None)


def _study(session: Any, key: str) -> dict[str, Any] | None:
    study = register.by_key(session, key)
    if study is None:
        return None
    status = queries.status(session, study)
    view = study_view(study)
    levels = {str(level): str(one.state) for level, one in status.levels.items()}
    return {**vars(view), "levels": levels}


@blueprint.post("/<uuid:review>")
@allowed(*REVIEWERS)
def decide(review: Any) -> str | Response:
    """Record the second reviewer's decision."""
    form = DecideReview()
    if not form.validate_on_submit():
        return _page(str(review), form)
    refuse_guessing()
    if not current_user.verify_and_update_password(form.password.data):
        count_wrong_password()
        form.password.errors = [_("That is not your password. Check it and try again.")]
        return _page(str(review), form)
    return _decided(str(review), form)


def _decided(review_id: str, form: DecideReview) -> str | Response:
    approve = form.outcome.data == "approve"
    try:
        with parts().database.writing() as session:
            now = _decide(session, review_id, approve=approve, note=form.note.data or "")
    except LookupError:
        abort(404)
    except ReviewRefused as refused:
        flash(str(refused), "warning")  # the form may be gone: somebody else has decided
        return redirect(url_for("reviews.show", review=review_id))
    if now.status == reviews.OVERTAKEN:
        flash(_("Not approved: this was called back meanwhile, and nothing leaves. %(why)s", why=now.note), "warning")
        return redirect(url_for("reviews.show", review=review_id))
    flash(
        _("Approved. Unless the patient says no before then, it can now be handed over.")
        if approve
        else _("Refused. It will not be handed over."),
        "success",
    )
    return redirect(url_for("reviews.index"))


def _decide(session: Any, review_id: str, *, approve: bool, note: str) -> Review:
    role, user = str(role_of_user()), current_user.username
    return called_back.decide_review(
        session, review_id, site_now(session), approve=approve, user=user, role=role, note=note
    )
