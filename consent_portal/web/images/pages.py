"""The pages of a study's held images: the contact sheet, one image to draw on, and one that is decided."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from consent_portal.parts import parts
from consent_portal.registers.studies import Study
from consent_portal.review.model import HeldImage, State
from consent_portal.web.frame.looks import looked_at
from consent_portal.web.frame.paging import Page
from consent_portal.web.identity.study_words import study_view
from consent_portal.web.images.decision import decision_of
from consent_portal.web.images.editor import address_of, editor_of
from consent_portal.web.images.finding import may_look
from consent_portal.web.images.forms import Draw, TakeBack
from consent_portal.web.images.present import decided_rows, series_of

ON_A_PAGE = 60
"""Pictures of one contact sheet: a series of 500 slices is eight pages and a bit."""


def sheet(known: Study, images: list[HeldImage]) -> str:
    """Return the contact sheet, with what would be recorded."""
    looked_at("view-held-images" if may_look() else "list-held-images", known)
    page = Page.of(images, request.args, ON_A_PAGE)
    return render_template(
        "images/study.html",
        study=study_view(known),
        series=series_of(page.rows, pictures=may_look() and parts().pictures is not None),
        links=page.links(lambda number: url_for("images.study", study=known.key, page=number), _paged(page)),
        decision=decision_of(images),
        first=_first_that_waits(images) if may_look() else "",
        may_look=may_look(),
        can_show=parts().pictures is not None,
        waiters=_waiters(images),
    )


def _paged(page: Page[HeldImage]) -> str:
    return str(_("Images %(first)d to %(last)d of %(all)d", first=page.first, last=page.last, all=page.total))


def next_that_waits(images: list[HeldImage]) -> HeldImage | None:
    """Return the first of these that nobody has given an outcome."""
    return next((one for one in images if one.is_open and one.draft.outcome is None), None)


def _first_that_waits(images: list[HeldImage]) -> str:
    found = next_that_waits(images)
    return address_of(found) if found else ""


def _waiters(images: list[HeldImage]) -> list[tuple[str, str]]:
    """Return who wants the images and for which purpose, each once."""
    return list(dict.fromkeys((waiter.user, waiter.purpose) for one in images for waiter in one.waiters))


def page_of_one(known: Study, images: list[HeldImage], held: HeldImage, form: Draw, **own: Any) -> str:
    """Return the page of one image; `own` is what somebody has in their form (`editor_of`)."""
    looked_at("view-held-image", known)
    if not held.is_open:
        return closed(known, held, TakeBack())
    page = editor_of(images, held, **own)
    shown = {"study": study_view(known), "page": page, "form": form.fitted(held), "waiters": _waiters([held])}
    return render_template("images/one.html", **shown)


def closed(known: Study, held: HeldImage, form: TakeBack) -> str:
    """Return the page of an image that waits for nobody."""
    may = held.state is State.DECIDED and may_look()
    facts = decided_rows(held)
    shown = {"study": study_view(known), "held": held, "facts": facts, "form": form if may else None}
    return render_template("images/closed.html", **shown)
