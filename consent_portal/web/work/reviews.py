"""Held releases: a second person looks, with a fresh password, and never at their own request (R29, F5)."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as Answer

from consent_portal.parts import parts
from consent_portal.registers import studies as register
from consent_portal.services import called_back, queries, second_look
from consent_portal.tasks import reviews
from consent_portal.tasks.reviews import Review, ReviewRefused
from consent_portal.web.frame import errors
from consent_portal.web.frame.access import Role, allowed, role_of_user
from consent_portal.web.frame.limits import count_wrong_password, refuse_guessing
from consent_portal.web.frame.looks import looked_at
from consent_portal.web.frame.policy_in_force import site_now
from consent_portal.web.identity.study_words import study_view
from consent_portal.web.viewer import answers
from consent_portal.web.viewer.grants import GrantRefusedError, Refusal, check
from consent_portal.web.viewer.look import look_of
from consent_portal.web.viewer.person import person
from consent_portal.web.work.forms import DecideReview
from consent_portal.web.work.leaving import Shown, answered, shown_of, subject_of
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
        questions = answered(session, found)
    view = review_view(found, current_user.username, tuple(study for study in studies if study), gone)
    shown = shown_of(found) if view.open else Shown()
    if shown.leaving is not None:
        looked_at("view-release")
    return render_template(
        "reviews/show.html",
        review=view,
        form=_offered(form, shown) if view.open and not view.own else None,
        shown=shown,
        can_show=parts().pictures is not None,
        questions=questions,
    )


def _offered(form: DecideReview, shown: Shown) -> DecideReview:
    """Let the form say what was shown; without a picture of what would leave, it offers no approval."""
    form.shown.data = shown.leaving.basis if shown.leaving else ""
    return form if shown.leaving or parts().pictures is None else form.offer_no_approval()


def _study(session: Any, key: str) -> dict[str, Any] | None:
    study = register.by_key(session, key)
    if study is None:
        return None
    status = queries.status(session, study)
    view = study_view(study)
    levels = {str(level): str(one.state) for level, one in status.levels.items()}
    return {**vars(view), "levels": levels}


@blueprint.get("/<uuid:review>/<int:position>/frames/<int:frame>.png")
@allowed(*REVIEWERS)
def picture(review: Any, position: int, frame: int) -> Response:
    """Show one frame of what would leave, to the person whose page asked for it."""
    found = _pending(str(review))
    try:
        check(request.args.get("grant", ""), subject_of(found))
    except GrantRefusedError as refused:
        return errors.page(403, answers.LATE if refused.why is Refusal.LATE else answers.FOREIGN)
    pictures = parts().pictures
    if found.status != reviews.PENDING:
        return errors.page(410, answers.OVER)
    if pictures is None:
        return errors.page(503, answers.AWAY)
    look = look_of({**request.args, "covered": ""}, frame - 1)
    return answers.png_of(
        lambda: pictures.released(
            found.job, position, person(), frame=look.frame, side=look.side, window=look.window, part=look.part
        )
    )


def _pending(review_id: str) -> Review:
    with parts().database.reading() as session:
        return reviews.get(session, review_id) or abort(404)


@blueprint.post("/<uuid:review>")
@allowed(*REVIEWERS)
def decide(review: Any) -> str | Answer:
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


def _decided(review_id: str, form: DecideReview) -> str | Answer:
    approve = form.outcome.data == "approve"
    try:
        basis = _looked_again(review_id, form.shown.data or "") if approve else None
        with parts().database.writing() as session:
            now = _decide(session, review_id, approve=approve, note=form.note.data or "", shown=basis)
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


def _looked_again(review_id: str, shown: str) -> str | None:
    """Ask the engine whether it is still what the reviewer saw: outside the transaction that records the answer."""
    with parts().database.reading() as session:
        found = reviews.get(session, review_id)
        if found is None:
            abort(404)
        reviews.check(session, review_id, current_user.username, str(role_of_user()))
    return second_look.look_again(parts().pictures, found.job, shown, person())


def _decide(session: Any, review_id: str, *, approve: bool, note: str, shown: str | None) -> Review:
    role, user = str(role_of_user()), current_user.username
    return called_back.decide_review(
        session, review_id, site_now(session), approve=approve, user=user, role=role, note=note, shown=shown
    )
