"""Keeps what somebody drew and says of one image: what was typed is never lost, whoever saved meanwhile."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from consent_portal.parts import parts
from consent_portal.registers.studies import Study
from consent_portal.review import drafting
from consent_portal.review.areas import Area
from consent_portal.review.drafting import DraftWanted
from consent_portal.review.model import HeldImage, Scope
from consent_portal.review.refusals import DraftMoved, NotPossible, Unknown
from consent_portal.web.frame import drafts
from consent_portal.web.frame.access import allowed
from consent_portal.web.frame.policy_in_force import site_now
from consent_portal.web.images.editor import Row, address_of
from consent_portal.web.images.finding import REVIEWERS, blueprint, chosen, of_study, one_image, reviewer
from consent_portal.web.images.forms import Draw, acted
from consent_portal.web.images.pages import next_that_waits, page_of_one
from consent_portal.web.images.refused import words_of
from consent_portal.web.viewer import areas as written
from consent_portal.web.viewer.look import asked_for, window_of


@blueprint.route("/<uuid:study>/<uuid:image>", methods=["GET", "POST"])
@allowed(*REVIEWERS)
def save(study: Any, image: Any) -> ResponseReturnValue:
    """Keep what somebody drew and says of one image, or take the last of it back.

    A GET gives back what was sent after its sender was signed out, and leads to the image where nothing was.
    """
    known, images = of_study(str(study))
    held = chosen(images, str(image))
    if request.method == "GET":
        return _given_back(known, images, held)
    typed = [request.form.getlist(name) for name in written.FIELDS]
    if len({len(column) for column in typed}) != 1:
        abort(400)
    return _kept(known, images, held, Draw(), typed)


def _given_back(known: Study, images: list[HeldImage], held: HeldImage) -> ResponseReturnValue:
    sent = drafts.given_back()
    if sent is None:
        return redirect(address_of(held))
    moved = sent.get("revision") != str(held.draft.revision)
    own: dict[str, Any] = {"others": held.draft} if moved else {}
    typed = [sent.getlist(name) for name in written.FIELDS]
    try:
        own["areas"] = written.of_rows(typed)
    except ValueError:
        own["typed"] = _rows(typed)
    return page_of_one(known, images, held, Draw(), **own)


def _rows(typed: Sequence[Sequence[str]]) -> list[Row]:
    return [Row(*one) for one in zip(*typed, strict=False)]


def _kept(
    known: Study, images: list[HeldImage], held: HeldImage, form: Draw, typed: Sequence[Sequence[str]]
) -> ResponseReturnValue:
    try:
        areas = written.of_rows(typed)
    except ValueError as error:
        form.form_errors = [_("Area %(number)s: enter whole numbers, at least 1 wide and high.", number=error)]
        return page_of_one(known, images, held, form, typed=_rows(typed))
    if not form.validate_on_submit():
        return page_of_one(known, images, held, form, areas=areas)
    act = request.form.get("act", "save")
    if act in {"preview", "bare"} and _is_as_saved(held, areas, form):
        return redirect(_onward(images, held, act))
    try:
        saved = _save(held, DraftWanted(acted(act, areas, held), **form.said, **_carry(act, form)), act)
    except Unknown:
        abort(404)
    except DraftMoved as moved:
        form.form_errors = [words_of(moved)]
        return page_of_one(known, images, held, form, areas=areas, others=moved.now)
    except NotPossible as refused:
        form.form_errors = [words_of(refused)]
        return page_of_one(known, images, one_image(held.study, held.id), form, areas=areas)
    _tell(act, saved)
    return redirect(_onward(images, held, act))


def _is_as_saved(held: HeldImage, areas: tuple[Area, ...], form: Draw) -> bool:
    said = form.said
    return set(areas) == set(held.draft.areas) and all(getattr(held.draft, name) == said[name] for name in said)


def _carry(act: str, form: Draw) -> dict[str, Any]:
    scope = Scope(form.scope.data) if act in {"save", "next"} and form.scope.data else Scope.FRAME
    return {"scope": scope, "frame": None}


def _save(held: HeldImage, wanted: DraftWanted, act: str) -> drafting.Saved:
    text = request.form.get("revision", "")
    revision = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
    with parts().database.writing() as session:
        site = site_now(session)
        if act == "undo":
            return drafting.undo(session, held.study, held.id, revision, reviewer(), site)
        return drafting.save(session, held.study, held.id, wanted, revision, reviewer(), site)


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
        following = next_that_waits(images[images.index(held) + 1 :])
        return address_of(following) if following else url_for("images.study", study=held.study)
    look = asked_for(window_of(dict(parse_qsl(request.form.get("look", "")))))
    covered = {"covered": "1"} if act == "preview" else {}
    frame = request.form.get("at", "1")
    return address_of(held, frame=frame if frame.isascii() and frame.isdigit() else "1", **look, **covered)
