"""Held images: the list of studies, a study's images, their pictures, and the decision about all of them."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from consent_portal.engine_pictures import EnginePictures
from consent_portal.parts import parts
from consent_portal.review import deciding, lists
from consent_portal.review.model import HeldImage
from consent_portal.review.refusals import NotPossible, Unknown
from consent_portal.web.frame import errors, navigation
from consent_portal.web.frame.access import allowed
from consent_portal.web.frame.policy_in_force import site_now
from consent_portal.web.images import drawing
from consent_portal.web.images.decision import Decision, seen_of
from consent_portal.web.images.finding import (
    LISTERS,
    REVIEWERS,
    blueprint,
    chosen,
    may_look,
    of_study,
    one_image,
    reviewer,
)
from consent_portal.web.images.forms import Draw, TakeBack
from consent_portal.web.images.pages import closed, page_of_one, sheet
from consent_portal.web.images.present import on_list, subject_of
from consent_portal.web.images.refused import words_of
from consent_portal.web.viewer import answers
from consent_portal.web.viewer.grants import GrantRefusedError, Refusal, check
from consent_portal.web.viewer.look import Look, look_of
from consent_portal.web.viewer.person import person

__all__ = ["blueprint", "drawing"]


def _waiting() -> int:
    with parts().database.reading() as session:
        return lists.how_many_wait(session)


navigation.count_by("images.index", _waiting)


@blueprint.get("")
@allowed(*LISTERS)
def index() -> str:
    """List the studies with images that wait for a person."""
    with parts().database.reading() as session:
        found = [on_list(one) for one in lists.work_list(session, site_now(session))]
    return render_template("images/index.html", studies=found, may_look=may_look())


@blueprint.get("/<uuid:study>")
@allowed(*LISTERS)
def study(study: Any) -> str:
    """Show a study's images, or one of them to draw on."""
    known, images = of_study(str(study))
    asked = request.args.get("image", "")
    if not asked or not may_look():
        return sheet(known, images)
    held = chosen(images, asked)
    return page_of_one(known, images, held, Draw.of(held.draft))


@blueprint.post("/<uuid:study>/<uuid:image>/take-back")
@allowed(*REVIEWERS)
def take_back(study: Any, image: Any) -> ResponseReturnValue:
    """Take back what was decided of an image, so that it waits to be looked at again."""
    known, images = of_study(str(study))
    held, form = chosen(images, str(image)), TakeBack()
    if not form.validate_on_submit():
        return closed(known, held, form)
    try:
        with parts().database.writing() as session:
            said, site = form.reason.data or "", site_now(session)
            deciding.take_back(session, held.study, held.id, reason=said, reviewer=reviewer(), site=site)
    except Unknown:
        abort(404)
    except NotPossible as refused:
        form.form_errors = [words_of(refused)]
        return closed(known, one_image(str(study), str(image)), form)
    flash(_("Taken back. The image waits to be looked at again, and nothing leaves by the old decision."), "success")
    return redirect(url_for("images.study", study=study, image=image))


@blueprint.get("/<uuid:study>/<uuid:image>/frames/<int:frame>.png")
@allowed(*REVIEWERS)
def picture(study: Any, image: Any, frame: int) -> Response:
    """Show one frame, drawn by the engine, to the person whose page asked for it."""
    held = one_image(str(study), str(image))
    try:
        check(request.args.get("grant", ""), subject_of(held))
    except GrantRefusedError as refused:
        return errors.page(403, answers.LATE if refused.why is Refusal.LATE else answers.FOREIGN)
    if not held.is_open:
        return errors.page(410, answers.OVER)
    pictures = parts().pictures
    if pictures is None:
        return errors.page(503, answers.AWAY)
    if not 1 <= frame <= held.frames:
        abort(404)
    try:
        look = look_of(request.args, frame - 1)
    except ValueError:
        abort(400)
    return answers.png_of(lambda: _drawn(pictures, held, look))


def _drawn(pictures: EnginePictures, held: HeldImage, look: Look) -> bytes:
    covered = bool(look.areas)
    return pictures.held(
        held.ticket,
        person(),
        frame=look.frame,
        side=look.side,
        window=look.window,
        areas=look.areas,
        covered=covered,
        part=look.part,
    )


@blueprint.post("/<uuid:study>")
@allowed(*REVIEWERS)
def decide(study: Any) -> ResponseReturnValue:
    """Record the decision about every image whose draft has an outcome."""
    seen = seen_of(request.form.get("seen", ""))
    try:
        with parts().database.writing() as session:
            act = deciding.decide(session, str(study), seen, reviewer(), site_now(session))
    except Unknown:
        abort(404)
    except NotPossible as refused:
        flash(_("Nothing was recorded. %(why)s", why=words_of(refused)), "error")
        if len(refused.images) == 1:
            return redirect(url_for("images.study", study=study, image=refused.images[0]))
        return redirect(url_for("images.study", study=study))
    flash(Decision.told(act), "success")
    return redirect(url_for("images.study", study=study))
