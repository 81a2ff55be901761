"""Finding the sizes at which a poster or an insert fills one side of its paper and no more (ADR 0072).

The words decide: sizes are looked for between a floor that people can read and a ceiling that looks well; where the
words do not fit at the floor, they are set closer, then said in fewer words. What does not fit even so is refused,
never cut off and never carried over to a second page.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import sqrt

from notices import markup
from notices.content.page import Page
from notices.errors import DoesNotFitError
from notices.outputs import Job, Kind, Paper
from notices.pdf.layout import Laid, lay
from notices.style import FOOT_MM, Sizes

_SHORT = ("brief", "pictured", "bare")
LADDERS = {"plain": ("cards", "compact", "tight", *_SHORT), "easy-read": ("easy", *_SHORT)}
"""How much is said and how closely, from most to least: a row each with heading and text; the same closer together; the
heading run into the text; a few words each beside a smaller picture; fewer beside a small one; the words alone."""
_FLOWING = "least"
"""What an insert comes to last, which no one reads from afar: the words alone, under a headline in a line of its own
size that runs on like any text."""
_FLOWING_HEADLINE = 1.3
_TALL = 2000.0
_MOST_LAYOUTS = 3
_FULL = 0.95
_PT_MM = 25.4 / 72
_TOLERANCE_MM = 0.5


@dataclass(frozen=True)
class Limits:
    """Letter sizes of one rem and of the headline, in points.

    Attributes
    ----------
    floor, ceiling : float
        Body text is a little more than one rem.
    headline : float
        Largest headline.
    """

    floor: float
    ceiling: float
    headline: float


_LIMITS = {
    (Kind.POSTER, Paper.A4): Limits(12.0, 20.0, 76.0),
    (Kind.POSTER, Paper.A3): Limits(17.0, 28.5, 107.0),
    (Kind.INSERT, Paper.A5): Limits(10.6, 14.5, 40.0),
    (Kind.INSERT, Paper.THIRD_A4): Limits(10.6, 13.5, 27.0),
}
_LARGE = 18.0
_READ_AT_4_M_MM = 11.7
"""Height of letters that span 10 minutes of arc at 4 m: what sight of 6/12, the limit for driving, still tells apart
(an optotype of 5 minutes is 6/6, ISO 8596)."""
_LATIN_LETTER = 0.714
"""Height of a Latin capital as a share of the letter size: what the largest headlines are given for."""
_LEAST_HEADLINE = {
    "cards": 0.8,
    "easy": 0.65,
    "compact": 0.65,
    "tight": 0.65,
    "brief": 0.65,
    "pictured": 0.6,
    "bare": 0.45,
}
"""By how much the headline may shrink to make room for the words, as a share of its largest size."""
_LEAST_SHARE = {"cards": 1.0, "easy": 1.0, "compact": 0.78, "tight": 0.62, "brief": 0.36, "pictured": 0.25, "bare": 0.2}
"""How high the words stand at least beside the fullest density, over all languages and papers: what is higher than the
sheet even so need not be laid out."""


def limits(job: Job) -> Limits:
    """Return the sizes between which `job` may be set."""
    own = _LIMITS[job.kind, job.paper]
    own = replace(own, headline=own.headline * min(1.0, _LATIN_LETTER / job.language.letter))
    if job.easy_read:
        own = replace(own, headline=own.headline * 0.75)
    if not job.large_print:
        return own
    return Limits(max(_LARGE, own.floor), max(_LARGE * 1.2, own.ceiling * 1.15), max(_LARGE, own.headline))


def fitted(page: Page) -> Laid:
    """Return `page` set on its paper: on one side where the output asks for that.

    Raises
    ------
    DoesNotFitError
        When the words do not fit at a size that people can read.
    """
    one_page = page.job.output.one_page
    plain = Sizes(root=_LARGE if page.job.large_print else 12.0 * page.language.scale)
    laid = lay(page, _search(_Words.of(page)) if one_page else plain)
    if (one_page and laid.pages != 1) or laid.overhang > _TOLERANCE_MM:
        raise _refusal(page)
    return laid


@dataclass(frozen=True)
class _Words:
    """A page that is known by its words, so that the same words are measured once."""

    key: str
    job: Job
    page: Page = field(compare=False)

    @classmethod
    def of(cls, page: Page) -> "_Words":
        return cls(markup.document(page) + markup.style(page), page.job, page)


@lru_cache(maxsize=512)
def _search(words: _Words) -> Sizes:
    """Return the sizes that fill the page."""
    page = words.page
    allowed, room = limits(page.job), page.job.paper.millimetres[1] - FOOT_MM[page.job.paper]
    ladder = LADDERS["easy-read" if page.job.easy_read else "plain"]
    fullest = 0.0
    for density in ladder:
        if fullest * _LEAST_SHARE[density] > room and density != ladder[-1]:
            continue
        measured = _measured(page, density, allowed.floor)
        fullest = fullest or measured.words
        found = _at_floor(page, measured, allowed, room)
        if found:
            return _spread(page, *_grown(page, *found, allowed.ceiling, room), room)
    if page.job.kind == Kind.INSERT:
        sizes = Sizes(allowed.floor, headline=1.0 if page.job.large_print else _FLOWING_HEADLINE, density=_FLOWING)
        used = lay(page, sizes, height=_TALL).bottom
        if used <= room:
            return _spread(page, *_grown(page, sizes, used, allowed.ceiling, room), room)
    raise _refusal(page)


def _grown(page: Page, sizes: Sizes, used: float, high: float, room: float) -> tuple[Sizes, float]:
    """Return the largest of a few sizes that still fit, and the height that they take, in mm."""
    best = sizes
    for _ in range(_MOST_LAYOUTS):
        if used > _FULL * room or high - best.root < 0.2:
            break
        tried = _enlarged(best, min(high, best.root * sqrt(room / used)))
        needs = lay(page, tried, height=_TALL).bottom
        if needs <= room:
            best, used = tried, needs
        else:
            high = (best.root + tried.root) / 2
    return best, used


@dataclass(frozen=True)
class _Measured:
    """What one layout tells of a density at the smallest letter size.

    Attributes
    ----------
    words : float
        Height of everything but the headline, in mm.
    line : float
        Height of the headline by the point, in mm.
    widest : float
        Largest headline whose lines stay whole, in points.
    """

    sizes: Sizes
    words: float
    line: float
    widest: float


def _measured(page: Page, density: str, floor: float) -> _Measured:
    """Lay `page` out once; what another headline would take is a matter of multiplication."""
    sizes = Sizes(floor, headline=2.0, density=density)
    laid = lay(page, sizes, height=_TALL)
    widest, width = laid.headline_width
    line = (len(page.words.notice.headline) * page.language.headline_leading + page.language.below) * _PT_MM
    points = sizes.headline * floor
    return _Measured(sizes, laid.bottom - line * points, line, points * width / widest * 0.995)


def _at_floor(page: Page, one: _Measured, allowed: Limits, room: float) -> tuple[Sizes, float] | None:
    """Return the smallest sizes and the height that they take, in mm, when they fit."""
    most = min(allowed.headline, one.widest)
    points = min(most, (room - one.words) / one.line * 0.995)
    if points < max(_LEAST_HEADLINE[one.sizes.density] * most, _least_headline(page.job)):
        return None
    return replace(one.sizes, headline=points / allowed.floor), one.words + one.line * points


def _least_headline(job: Job) -> float:
    """Return the smallest headline that may be set, in points: large print, and what is read across a waiting room."""
    far = _READ_AT_4_M_MM / _PT_MM / job.language.letter if job.kind == Kind.POSTER else 0.0
    return max(far, _LARGE if job.large_print else 0.0)


def _enlarged(sizes: Sizes, root: float) -> Sizes:
    """Return `sizes` with larger words under the same headline."""
    return replace(sizes, root=root, headline=sizes.headline * sizes.root / root)


def _spread(page: Page, sizes: Sizes, used: float, room: float) -> Sizes:
    """Return `sizes` with the room that is left shared out between the parts."""
    parts = 4 + sum(len(card.easy) if sizes.density == "easy" else 1 for card in page.cards)
    left = (room - used) / _PT_MM / sizes.root
    return replace(sizes, gap=max(0.0, min(1.3, 0.96 * left / parts)))


def _refusal(page: Page) -> DoesNotFitError:
    job = page.job
    return DoesNotFitError(
        f"The {job.kind} in {job.language.english} does not fit on one side of {job.paper} paper at a size that people "
        "can read: shorten the longest of the names, the place, the addresses and the opening hours, or choose larger "
        "paper."
    )
