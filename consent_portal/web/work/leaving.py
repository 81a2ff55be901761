"""What would leave by a held release, for the second reviewer: its pictures, and what was answered and found."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from consent_portal.engine_pictures import PicturesError, Release, ReleasedObject
from consent_portal.ledger.rows import DecisionRow
from consent_portal.parts import parts
from consent_portal.tasks.reviews import Review
from consent_portal.web.frame import wording
from consent_portal.web.frame.paging import Links, Page
from consent_portal.web.identity.study_words import modality_words
from consent_portal.web.viewer.contact import Card, Series, size_of
from consent_portal.web.viewer.grants import grant
from consent_portal.web.viewer.look import asked_for, frame_of, window_of
from consent_portal.web.viewer.person import person
from consent_portal.web.viewer.viewed import Viewed

ON_A_PAGE = 60
"""Pictures of one contact sheet."""


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """What the page of a held release shows of what would leave.

    Attributes
    ----------
    basis : str
        What the form carries: the fingerprint of just this.
    viewed : Viewed or None
        The object that is looked at.
    """

    basis: str
    viewed: Viewed | None
    pixels: str
    series: tuple[Series, ...]
    links: Links
    held_back: tuple[str, ...]
    report: tuple[tuple[Any, str], ...]


@dataclass(frozen=True)
class Shown:
    """What would leave, or why it cannot be shown; neither where no engine is set, as before."""

    leaving: Leaving | None = None
    trouble: str = ""


def subject_of(review: Review) -> str:
    """Return what a grant for the pictures of a release is bound to."""
    return f"release|{review.id}|{review.job}"


def shown_of(review: Review) -> Shown:
    """Return what would leave by a review that waits, as the engine has it now."""
    pictures = parts().pictures
    if pictures is None:
        return Shown()
    try:
        return Shown(_leaving(review, pictures.release(review.job, person())))
    except PicturesError as error:
        return Shown(trouble=str(error))


def _leaving(review: Review, release: Release) -> Leaving:
    page = Page.of(release.objects, request.args, ON_A_PAGE)
    chosen = _chosen(release, page)
    return Leaving(
        basis=release.basis,
        viewed=_viewed(review, chosen) if chosen else None,
        pixels=chosen.pixels if chosen else "",
        series=_series(review, page, chosen),
        links=page.links(lambda number: url_for("reviews.show", review=review.id, page=number), _paged(page)),
        held_back=_held_back(release),
        report=(
            (_("De-identification"), str(wording.profile_name(release.report.profile))),
            (_("Level of consent"), release.report.level or ""),
            (_("What the verifier found"), release.report.findings),
        ),
    )


def _paged(page: Page[ReleasedObject]) -> str:
    return str(_("Images %(first)d to %(last)d of %(all)d", first=page.first, last=page.last, all=page.total))


def _chosen(release: Release, page: Page[ReleasedObject]) -> ReleasedObject | None:
    asked = request.args.get("position", "")
    found = next((one for one in release.objects if str(one.position) == asked), None)
    drawn = (one for one in page.rows if one.frames)
    return found or next(drawn, None)


def _viewed(review: Review, one: ReleasedObject) -> Viewed:
    window = window_of(request.args)
    return Viewed(
        name=name_of(one),
        columns=one.columns,
        rows=one.rows,
        proportion=one.proportion,
        frames=one.frames,
        frame=frame_of(request.args, one.frames),
        pictures=_pictures(review, one),
        grant=grant(subject_of(review)),
        page=lambda frame: _page_of(review, one, {"frame": frame, **asked_for(window)}),
        fields={"position": str(one.position)},
        window=window,
        windows=one.windows,
        colour=one.colour,
    )


def _page_of(review: Review, one: ReleasedObject, more: Mapping[str, Any]) -> str:
    return url_for("reviews.show", _anchor="viewer", review=review.id, position=one.position, **more)


def name_of(one: ReleasedObject) -> str:
    """Return what an object is called on the page."""
    return str(_("Image %(number)d", number=one.position))


def _pictures(review: Review, one: ReleasedObject) -> str:
    first = url_for("reviews.picture", review=review.id, position=one.position, frame=1)
    return first.removesuffix("1.png")


def _series(review: Review, page: Page[ReleasedObject], chosen: ReleasedObject | None) -> tuple[Series, ...]:
    groups = groupby(page.rows, key=lambda one: (one.study, one.series))
    right = grant(subject_of(review))
    return tuple(
        Series(_("Series %(number)d", number=at), tuple(_card(review, one, right, chosen) for one in rows))
        for at, (_key, rows) in enumerate(groups, start=1)
    )


def _card(review: Review, one: ReleasedObject, right: str, chosen: ReleasedObject | None) -> Card:
    kind = modality_words(one.modality) or one.kind
    frames = ngettext("%(num)d frame", "%(num)d frames", one.frames)
    middle = (one.frames + 1) // 2
    return Card(
        name=name_of(one),
        what=f"{kind}, {frames}" if one.frames > 1 else kind,
        rule=one.pixels or _("Has no pixels"),
        href=_page_of(review, one, {"page": request.args.get("page")}),
        picture=f"{_pictures(review, one)}{middle}.png?grant={right}&side=240" if one.frames else "",
        size=size_of(one.columns, one.rows, one.proportion),
        state="",
        tone="open",
        current=chosen is not None and chosen.position == one.position,
    )


def _held_back(release: Release) -> tuple[str, ...]:
    """Return how many objects stay behind for which reason; never which patient's."""
    counted = Counter(str(one.get("reason", "")) for one in release.held_back)
    return tuple(
        _("%(objects)s: %(reason)s", objects=ngettext("%(num)d object", "%(num)d objects", many), reason=reason)
        for reason, many in counted.most_common()
    )


def answered(session: Session, review: Review) -> list[tuple[str, str]]:
    """Return the questions that the requester was asked, with the answers that were given."""
    row = session.get(DecisionRow, review.decision)
    given: Mapping[str, Any] = json.loads(row.request).get("attestations", {}) if row else {}
    questions = parts().policy.questions
    return [
        (questions[name].ask, questions[name].answers.get(str(value).lower(), str(value)))
        for name, value in given.items()
        if name in questions and value is not None
    ]
