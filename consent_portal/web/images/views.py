"""Held images: the list of studies, a study's images, one image to draw on, and the decision about all of them."""

from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user

from consent_portal.parts import parts
from consent_portal.registers import studies as register
from consent_portal.registers.studies import Study
from consent_portal.review import deciding, drafting, lists
from consent_portal.review.areas import Area
from consent_portal.review.drafting import DraftWanted
from consent_portal.review.model import HeldImage, Reviewer, Scope, State
from consent_portal.review.refusals import DraftMoved, NotPossible, Unknown
from consent_portal.web.frame import errors, navigation
from consent_portal.web.frame.access import Role, allowed, role_of_user
from consent_portal.web.frame.looks import looked_at
from consent_portal.web.frame.paging import Page
from consent_portal.web.frame.policy_in_force import site_now
from consent_portal.web.identity.study_words import study_view
from consent_portal.web.images.decision import Decision, decision_of, seen_of
from consent_portal.web.images.editor import Row, address_of, editor_of, person
from consent_portal.web.images.forms import Draw, TakeBack, acted
from consent_portal.web.images.present import decided_rows, on_list, series_of, subject_of
from consent_portal.web.viewer import answers
from consent_portal.web.viewer import areas as written
from consent_portal.web.viewer.grants import GrantRefusedError, Refusal, check
from consent_portal.web.viewer.look import asked_for, look_of, window_of

blueprint = Blueprint("images", __name__, template_folder="templates", url_prefix="/images")
REVIEWERS = (Role.CLINICIAN, Role.MEDICAL_ILLUSTRATION)
LISTERS = (*REVIEWERS, Role.CALDICOTT_GUARDIAN)
ON_A_PAGE = 60
"""Pictures of one contact sheet: a series of 500 slices is eight pages and a bit."""


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
    return render_template("images/index.html", studies=found, may_look=_may_look())


def _may_look() -> bool:
    return role_of_user() in REVIEWERS


@blueprint.get("/<uuid:study>")
@allowed(*LISTERS)
def study(study: Any) -> str:
    """Show a study's images, or one of them to draw on."""
    known, images = _of_study(str(study))
    chosen = request.args.get("image", "")
    if not chosen or not _may_look():
        return _sheet(known, images)
    held = _chosen(images, chosen)
    return _page_of_one(known, images, held, Draw.of(held.draft))


def _of_study(key: str) -> tuple[Study, list[HeldImage]]:
    with parts().database.reading() as session:
        known = register.by_key(session, key)
        images = list(lists.of_study(session, key, site_now(session)))
    if known is None or not images:
        abort(404)
    return known, images


def _chosen(images: list[HeldImage], image_id: str) -> HeldImage:
    return next((one for one in images if one.id == image_id), None) or abort(404)


def _sheet(known: Study, images: list[HeldImage]) -> str:
    looked_at("view-held-images" if _may_look() else "list-held-images", known)
    page = Page.of(images, request.args, ON_A_PAGE)
    return render_template(
        "images/study.html",
        study=study_view(known),
        series=series_of(page.rows, pictures=_may_look() and parts().pictures is not None),
        links=page.links(lambda number: url_for("images.study", study=known.key, page=number), _paged(page)),
        decision=decision_of(images),
        may_look=_may_look(),
        can_show=parts().pictures is not None,
        waiters=_waiters(images),
    )


def _paged(page: Page[HeldImage]) -> str:
    return str(_("Images %(first)d to %(last)d of %(all)d", first=page.first, last=page.last, all=page.total))


def _waiters(images: list[HeldImage]) -> list[tuple[str, str]]:
    """Return who wants the images and for which purpose, each once."""
    return list(dict.fromkeys((waiter.user, waiter.purpose) for one in images for waiter in one.waiters))


def _page_of_one(known: Study, images: list[HeldImage], held: HeldImage, form: Draw, **own: Any) -> str:
    looked_at("view-held-image", known)
    if not held.is_open:
        return _closed(known, held, TakeBack())
    page = editor_of(images, held, **own)
    waiters = _waiters([held])
    return render_template(
        "images/one.html", study=study_view(known), page=page, form=form.fitted(held), waiters=waiters
    )


def _closed(known: Study, held: HeldImage, form: TakeBack) -> str:
    may = held.state is State.DECIDED and _may_look()
    facts = decided_rows(held)
    return render_template(
        "images/closed.html", study=study_view(known), held=held, facts=facts, form=form if may else None
    )


@blueprint.post("/<uuid:study>/<uuid:image>/take-back")
@allowed(*REVIEWERS)
def take_back(study: Any, image: Any) -> ResponseReturnValue:
    """Take back what was decided of an image, so that it waits to be looked at again."""
    known, images = _of_study(str(study))
    held, form = _chosen(images, str(image)), TakeBack()
    if not form.validate_on_submit():
        return _closed(known, held, form)
    reviewer = Reviewer(current_user.username, str(role_of_user() or ""))
    try:
        with parts().database.writing() as session:
            said, site = form.reason.data or "", site_now(session)
            deciding.take_back(session, held.study, held.id, reason=said, reviewer=reviewer, site=site)
    except Unknown:
        abort(404)
    except NotPossible as refused:
        form.form_errors = [str(refused)]
        return _closed(known, _one(str(study), str(image)), form)
    flash(_("Taken back. The image waits to be looked at again, and nothing leaves by the old decision."), "success")
    return redirect(url_for("images.study", study=study, image=image))


@blueprint.get("/<uuid:study>/<uuid:image>/frames/<int:frame>.png")
@allowed(*REVIEWERS)
def picture(study: Any, image: Any, frame: int) -> Response:
    """Show one frame, drawn by the engine, to the person whose page asked for it."""
    held = _one(str(study), str(image))
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
    return answers.png_of(
        lambda: pictures.held(
            held.ticket, person(), frame=look.frame, side=look.side, window=look.window,
            areas=look.areas, covered=bool(look.areas),
        )
    )  # fmt: skip


def _one(study_key: str, image_id: str) -> HeldImage:
    with parts().database.reading() as session:
        found = lists.one(session, study_key, image_id, site_now(session))
    return found or abort(404)


@blueprint.post("/<uuid:study>/<uuid:image>")
@allowed(*REVIEWERS)
def save(study: Any, image: Any) -> ResponseReturnValue:
    """Keep what somebody drew and says of one image, or take the last of it back."""
    known, images = _of_study(str(study))
    held, form = _chosen(images, str(image)), Draw()
    typed = [request.form.getlist(name) for name in written.FIELDS]
    if len({len(column) for column in typed}) != 1:
        abort(400)
    try:
        areas = written.of_rows(typed)
    except ValueError as error:
        form.form_errors = [_("Area %(number)s: enter whole numbers, at least 1 wide and high.", number=error)]
        return _page_of_one(known, images, held, form, typed=[Row(*one) for one in zip(*typed, strict=False)])
    if not form.validate_on_submit():
        return _page_of_one(known, images, held, form, areas=areas)
    act = request.form.get("act", "save")
    if act in {"preview", "bare"} and _is_as_saved(held, areas, form):
        return redirect(_onward(images, held, act))
    try:
        saved = _save(held, DraftWanted(acted(act, areas, held), **form.said, **_carry(act, form)), act)
    except Unknown:
        abort(404)
    except DraftMoved as moved:
        form.form_errors = [str(moved)]
        return _page_of_one(known, images, held, form, areas=areas, others=moved.now)
    except NotPossible as refused:
        form.form_errors = [str(refused)]
        return _page_of_one(*_of_study(str(study)), _one(str(study), str(image)), form, areas=areas)
    _tell(act, saved)
    return redirect(_onward(images, held, act))


def _is_as_saved(held: HeldImage, areas: tuple[Area, ...], form: Draw) -> bool:
    said = form.said
    return set(areas) == set(held.draft.areas) and all(getattr(held.draft, name) == said[name] for name in said)


def _carry(act: str, form: Draw) -> dict[str, Any]:
    scope = Scope(form.scope.data) if act in {"save", "next"} and form.scope.data else Scope.FRAME
    return {"scope": scope, "frame": None}


def _save(held: HeldImage, wanted: DraftWanted, act: str) -> drafting.Saved:
    reviewer = Reviewer(current_user.username, str(role_of_user() or ""))
    text = request.form.get("revision", "")
    revision = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
    with parts().database.writing() as session:
        site = site_now(session)
        if act == "undo":
            return drafting.undo(session, held.study, held.id, revision, reviewer, site)
        return drafting.save(session, held.study, held.id, wanted, revision, reviewer, site)


def _tell(act: str, saved: drafting.Saved) -> None:
    if act == "undo":
        flash(_("The last change is taken back."), "success")
    elif act in {"save", "next"}:
        flash(_("Saved. Nothing is decided until you record the decisions of the study."), "success")
    if saved.carried:
        flash(ngettext("Carried to %(num)d more image.", "Carried to %(num)d more images.", saved.carried), "success")
    if saved.not_carried:
        words = ngettext(
            "Not carried to %(num)d image, which has another size or is decided already.",
            "Not carried to %(num)d images, which have another size or are decided already.",
            saved.not_carried,
        )
        flash(words, "warning")


def _onward(images: list[HeldImage], held: HeldImage, act: str) -> str:
    if act == "next":
        later = images[images.index(held) + 1 :]
        following = next((one for one in later if one.is_open and one.draft.outcome is None), None)
        return address_of(following) if following else url_for("images.study", study=held.study)
    look = asked_for(window_of(dict(parse_qsl(request.form.get("look", "")))))
    covered = {"covered": "1"} if act == "preview" else {}
    frame = request.form.get("at", "1")
    return address_of(held, frame=frame if frame.isascii() and frame.isdigit() else "1", **look, **covered)


@blueprint.post("/<uuid:study>")
@allowed(*REVIEWERS)
def decide(study: Any) -> ResponseReturnValue:
    """Record the decision about every image whose draft has an outcome."""
    reviewer = Reviewer(current_user.username, str(role_of_user() or ""))
    try:
        with parts().database.writing() as session:
            act = deciding.decide(
                session, str(study), seen_of(request.form.get("seen", "")), reviewer, site_now(session)
            )
    except Unknown:
        abort(404)
    except NotPossible as refused:
        flash(_("Nothing was recorded. %(why)s", why=str(refused)), "error")
        if len(refused.images) == 1:
            return redirect(url_for("images.study", study=study, image=refused.images[0]))
        return redirect(url_for("images.study", study=study))
    flash(Decision.told(act), "success")
    return redirect(url_for("images.study", study=study))
