"""How held images stand now: waiting, decided, withdrawn or ended. A withdrawal writes nothing here: it is read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.ledger.events import EventType
from consent_portal.registers import studies
from consent_portal.review.areas import Area, clipped, in_order, load_proposed, loaded
from consent_portal.review.model import Decided, Draft, HeldImage, Outcome, State, Waiter
from consent_portal.review.rows import HeldForRow, HeldImageRow, ImageDraftRow, ImageReviewRow
from consent_portal.services import called_back, queries
from consent_portal.services.context import Site

CHANGES_NOTHING = frozenset(map(EventType, called_back.CLOSES_NOTHING)) | {EventType.PUBLISHED, EventType.EXPLAINED}
"""Events after which a decision about an image stands as it stood: none of them changes what is agreed."""
KEPT = 50
"""So many states of a draft are kept to go back to."""
AT_ONCE = 500
_PAST = "The date until which this image was held is past. Export again, and it is held anew."
_CHANGED = "The image, or the rules by which it was looked at, changed since it was held. Export again."
Row = TypeVar("Row")


def first_draft(row: HeldImageRow) -> tuple[Area, ...]:
    """Return the areas of which the machine is sure, as far as they lie in the image."""
    sure = (one.area for one in load_proposed(row.proposed) if one.sure)
    inside = (clipped(area, row.rows, row.columns, row.frames) for area in sure)
    return in_order(area for area in inside if area is not None)


@dataclass
class Standings:
    """Finds how images stand, and asks once of each study and each job.

    Parameters
    ----------
    site : Site or None
        Without it nothing is decided again, and no image counts as withdrawn.
    """

    session: Session
    site: Site | None = None

    def __post_init__(self) -> None:
        """Begin knowing nothing."""
        self._narrowed: dict[str, int] = {}
        self._gone: dict[str, str] = {}
        self._now = to_text(utc_now())

    def of(self, rows: Sequence[HeldImageRow]) -> list[HeldImage]:
        """Return the images of rows, in the same order."""
        ids = [row.id for row in rows]
        waiters = _gathered(self.session, HeldForRow, ids)
        drafts = {one.held: one for one in latest_drafts(self.session, ids)}
        reviews = standing_reviews(self.session, ids)
        return [self._image(row, waiters.get(row.id, []), drafts.get(row.id), reviews.get(row.id)) for row in rows]

    def is_stale(self, review: ImageReviewRow) -> bool:
        """Whether something was recorded since that may take away something of what is agreed (ADR 0180)."""
        if review.study_key not in self._narrowed:
            study = studies.by_key(self.session, review.study_key)
            narrowed = queries.narrowed_at(self.session, study, CHANGES_NOTHING) if study else 0
            self._narrowed[review.study_key] = narrowed
        return self._narrowed[review.study_key] > review.ledger_head

    def _image(
        self,
        row: HeldImageRow,
        waiting: Sequence[HeldForRow],
        draft: ImageDraftRow | None,
        review: ImageReviewRow | None,
    ) -> HeldImage:
        decided = _decided(review, stale=self.is_stale(review)) if review else None
        why = {one.job: self._why_gone(one.job) for one in waiting}
        still = [one for one in waiting if not why[one.job]]
        state, state_why = self._state(row, decided, next(iter(why.values()), "") if not still else "")
        return HeldImage(
            id=row.id, image=row.image, basis=row.basis, ticket=row.ticket, study=row.study_key,
            series_uid=row.series_uid, position=row.position, number=row.number, modality=row.modality, kind=row.kind,
            frames=row.frames, rows=row.rows, columns=row.columns, proportion=row.proportion, rule=row.rule,
            why=row.why, proposed=load_proposed(row.proposed), told_at=row.first_told_at, until=row.until, state=state,
            state_why=state_why, waiters=tuple(map(_waiter, still)), draft=draft_of(row, draft, decided),
            decided=decided,
        )  # fmt: skip

    def _state(self, row: HeldImageRow, decided: Decided | None, gone: str) -> tuple[State, str]:
        if row.status == State.ENDED:
            return State.ENDED, _CHANGED
        if decided is not None and not decided.stale:
            return State.DECIDED, ""
        if row.until <= self._now:
            return State.ENDED, _PAST
        return (State.WITHDRAWN, gone) if gone else (State.WAITING, "")

    def _why_gone(self, job: str) -> str:
        if self.site is None:
            return ""
        if job not in self._gone:
            self._gone[job] = called_back.in_words(called_back.why_not(self.session, job, self.site))
        return self._gone[job]


def latest_drafts(session: Session, ids: Iterable[str]) -> Iterator[ImageDraftRow]:
    """Give the draft that stands of each of these held images."""
    for some in _parts(ids):
        newest = (
            select(ImageDraftRow.held, func.max(ImageDraftRow.revision).label("revision"))
            .where(ImageDraftRow.held.in_(some))
            .group_by(ImageDraftRow.held)
            .subquery()
        )
        is_newest = (ImageDraftRow.held == newest.c.held) & (ImageDraftRow.revision == newest.c.revision)
        yield from session.scalars(select(ImageDraftRow).join(newest, is_newest))


def latest_reviews(session: Session, ids: Iterable[str]) -> Iterator[ImageReviewRow]:
    """Give the reviews of these held images, oldest first, so that the last of each is the one that counts."""
    for some in _parts(ids):
        query = select(ImageReviewRow).where(ImageReviewRow.held.in_(some))
        yield from session.scalars(query.order_by(ImageReviewRow.at, ImageReviewRow.ledger_head))


def standing_reviews(session: Session, ids: Iterable[str]) -> dict[str, ImageReviewRow]:
    """Return the last review of each of these held images, but for those that were taken back."""
    last = {one.held: one for one in latest_reviews(session, ids)}
    return {held: one for held, one in last.items() if one.outcome != Outcome.TAKEN_BACK}


def draft_of(row: HeldImageRow, draft: ImageDraftRow | None, decided: Decided | None) -> Draft:
    """Return the draft of a held image; where none is kept, what was decided of it, or what the machine is sure of."""
    if draft is None:
        return Draft(0, decided.areas if decided else first_draft(row))
    return Draft(
        revision=draft.revision,
        areas=loaded(draft.areas),
        outcome=Outcome(draft.outcome) if draft.outcome else None,
        no_face=draft.no_face,
        recognisable=draft.recognisable,
        reason=draft.reason,
        by=draft.by,
        at=draft.at,
        undoable=draft.before == 0 or draft.before > max(0, draft.revision - KEPT),
    )


def _decided(review: ImageReviewRow, *, stale: bool) -> Decided:
    return Decided(
        outcome=Outcome(review.outcome),
        areas=loaded(review.areas),
        no_face=review.no_face,
        recognisable=review.recognisable,
        reason=review.reason,
        by=review.by,
        role=review.role,
        at=review.at,
        stale=stale,
    )


def _waiter(row: HeldForRow) -> Waiter:
    return Waiter(row.job, row.user, row.role, row.purpose, row.profile)


def _gathered(session: Session, table: type[HeldForRow], ids: Iterable[str]) -> dict[str, list[HeldForRow]]:
    found: dict[str, list[HeldForRow]] = {}
    for some in _parts(ids):
        for row in session.scalars(select(table).where(table.held.in_(some)).order_by(table.told_at)):
            found.setdefault(row.held, []).append(row)
    return found


def _parts(values: Iterable[str]) -> Iterator[list[str]]:
    listed = list(values)
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))
