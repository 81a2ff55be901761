"""Held images as the pages show them: by series, each with its state in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from consent_portal.review.model import HeldImage, Outcome, State, StudyOnList
from consent_portal.web.frame.templating import day, moment
from consent_portal.web.identity.study_words import StudyView, modality_words, study_view
from consent_portal.web.images.rule_words import rule_words
from consent_portal.web.viewer.contact import Card, Series, size_of
from consent_portal.web.viewer.grants import grant


@dataclass(frozen=True)
class OnList:
    """A study on the work-list."""

    study: StudyView
    reasons: tuple[str, ...]
    waiting: int
    drafted: int
    for_whom: tuple[str, ...]
    since: str
    until: str


def on_list(found: StudyOnList) -> OnList:
    """Return a study as the work-list shows it."""
    return OnList(
        study_view(found.study),
        tuple(rule_words(rule).name for rule in found.rules),
        found.waiting,
        found.drafted,
        tuple(dict.fromkeys(waiter.user for waiter in found.waiters)),
        moment(found.first_told_at),
        day(found.until),
    )


def grant_of(held: HeldImage) -> str:
    """Return the right of whoever is signed in to see this image, as it was held."""
    return grant(subject_of(held))


def subject_of(held: HeldImage) -> str:
    """Return what a grant for this image is bound to."""
    return f"held|{held.id}|{held.basis}"


def pictures_of(held: HeldImage) -> str:
    """Return where the pictures of an image's frames are."""
    first = url_for("images.picture", study=held.study, image=held.id, frame=1)
    return first.removesuffix("1.png")


def name_of(held: HeldImage) -> str:
    """Return what an image is called on its page: never a UID."""
    number = held.position if held.number is None else held.number
    return str(_("Image %(number)d", number=number))


def name_among(images: Sequence[HeldImage], held: HeldImage) -> str:
    """Return what an image is called among those of its study: with its series, where there are several."""
    series = list(dict.fromkeys(one.series_uid for one in images))
    if len(series) < 2 or held.series_uid not in series:
        return name_of(held)
    number = held.position if held.number is None else held.number
    return str(_("Series %(series)d, image %(number)d", series=series.index(held.series_uid) + 1, number=number))


def what_of(held: HeldImage) -> str:
    """Return what kind of image it is, and of how many frames."""
    kind = modality_words(held.modality) or held.kind
    frames = ngettext("%(num)d frame", "%(num)d frames", held.frames)
    return f"{kind}, {frames}" if held.frames > 1 else kind


def state_of(held: HeldImage) -> tuple[str, str]:
    """Return how an image stands: a tone, and words that need no colour."""
    if held.state is State.DECIDED and held.decided is not None:
        released = held.decided.outcome is Outcome.RELEASE
        return ("permit", _("Decided: may leave")) if released else ("deny", _("Decided: withheld"))
    if held.state is State.WITHDRAWN:
        return "open", _("Not wanted any more")
    if held.state is State.ENDED:
        return "open", _("Ended without a decision")
    return _state_of_draft(held)


def _state_of_draft(held: HeldImage) -> tuple[str, str]:
    if held.draft.outcome is Outcome.WITHHOLD:
        return "deny", _("Draft: withhold")
    if held.draft.outcome is Outcome.RELEASE:
        areas = ngettext("%(num)d area", "%(num)d areas", len(held.draft.areas))
        return "permit", _("Draft: may leave, %(areas)s covered", areas=areas)
    if held.decided is not None and held.decided.stale:
        return "ask", _("Decided before; something has changed, so look again")
    return "ask", _("Looked at, no outcome yet") if held.draft.by else _("Waits to be looked at")


def series_of(images: Iterable[HeldImage], *, pictures: bool) -> tuple[Series, ...]:
    """Return images by series, in the order given."""
    groups = groupby(images, key=lambda one: one.series_uid)
    return tuple(_series(at, tuple(group), pictures=pictures) for at, (_uid, group) in enumerate(groups, start=1))


def _series(number: int, images: tuple[HeldImage, ...], *, pictures: bool) -> Series:
    kind = modality_words(images[0].modality) or images[0].kind
    return Series(
        _("Series %(number)d: %(kind)s", number=number, kind=kind),
        tuple(_card(one, pictures=pictures) for one in images),
    )


def _card(held: HeldImage, *, pictures: bool) -> Card:
    tone, state = state_of(held)
    shown = pictures and held.is_open
    middle = (held.frames + 1) // 2
    return Card(
        name=name_of(held),
        what=what_of(held),
        rule=rule_words(held.rule).name,
        href=url_for("images.study", study=held.study, image=held.id) if pictures else "",
        picture=f"{pictures_of(held)}{middle}.png?grant={grant_of(held)}&side=240" if shown else "",
        size=size_of(held.columns, held.rows, held.proportion),
        state=state,
        tone=tone,
    )


def decided_rows(held: HeldImage) -> list[tuple[Any, str]]:
    """Return what was decided of an image, for a list of facts."""
    found = held.decided
    if found is None:
        return [(_("How it stands"), _(held.state_why))] if held.state_why else []
    areas = ngettext("%(num)d area", "%(num)d areas", len(found.areas))
    return [
        (_("Decided"), state_of(held)[1]),
        (_("Covered"), areas if found.outcome is Outcome.RELEASE else ""),
        (_("Reason"), found.reason),
        (_("By"), found.by),
        (_("On"), moment(found.at)),
    ]
