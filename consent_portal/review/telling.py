"""What the engine tells of images that it holds, entered; and what it is answered about them."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.contract import HeldImages, ToldImage
from consent_portal.registers.rows import StudyRow
from consent_portal.registers.told import fitting
from consent_portal.review.areas import Areas, loaded
from consent_portal.review.model import State
from consent_portal.review.rows import HeldForRow, HeldImageRow, ImageReviewRow
from consent_portal.review.standing import Standings, standing_reviews
from consent_portal.services.context import Site
from consent_portal.services.telling import tell


@dataclass(frozen=True)
class Standing:
    """A decision that counts now, on its own basis and no other; `rule` and `why` are what the image was held for."""

    image: str
    basis: str
    rule: str
    why: str
    outcome: str
    areas: Areas
    no_face: bool
    recognisable: bool
    reason: str
    role: str
    at: str


@dataclass(frozen=True)
class Answered:
    """What stands of the held images of some studies."""

    decisions: tuple[Standing, ...]
    waiting: tuple[str, ...]


def enter(session: Session, told: HeldImages) -> tuple[str, ...]:
    """Enter what is held, and return the keys of the images that nobody has decided on this basis.

    The same image on the same basis again changes its ticket, its date and who waits for it, and nothing else.

    Parameters
    ----------
    session : Session
        A writing one.
    """
    now = to_text(utc_now())
    known: dict[str, str] = {}
    rows = [_entered(session, told, image, now, known) for image in told.images]
    session.flush()
    return _undecided(session, rows)


def _entered(session: Session, told: HeldImages, image: ToldImage, now: str, known: dict[str, str]) -> HeldImageRow:
    uid = image.subject.study_uid
    if uid not in known:
        known[uid] = tell(session, image.subject).key
    row = session.scalar(
        select(HeldImageRow).where(HeldImageRow.image == image.image, HeldImageRow.basis == image.basis)
    )
    until = to_text(told.until)
    if row is None:
        row = _new(image, known[uid], now, until)
        session.add(row)
        session.flush()
    elif until >= row.until or not row.ticket:
        row.ticket, row.until = image.ticket, until
    row.told_at, row.status = now, State.WAITING
    _end_others(session, row)
    _wait(session, row, told, now)
    return row


def _new(image: ToldImage, study_key: str, now: str, until: str) -> HeldImageRow:
    return HeldImageRow(
        id=str(uuid.uuid4()), image=image.image, basis=image.basis, ticket=image.ticket, study_key=study_key,
        series_uid=fitting(HeldImageRow, "series_uid", image.series_uid), position=image.position, number=image.number,
        modality=fitting(HeldImageRow, "modality", image.modality), kind=fitting(HeldImageRow, "kind", image.kind),
        frames=image.frames, rows=image.rows, columns=image.columns, proportion=image.proportion, rule=image.rule,
        why=image.why.replace("\0", ""), proposed=json.dumps([one.model_dump() for one in image.proposed]),
        first_told_at=now, told_at=now, until=until, status=State.WAITING,
    )  # fmt: skip


def _end_others(session: Session, row: HeldImageRow) -> None:
    """End what the same rule held of the image on another basis: the file or the rules have changed since."""
    others = select(HeldImageRow).where(
        HeldImageRow.image == row.image, HeldImageRow.rule == row.rule, HeldImageRow.basis != row.basis
    )
    for other in session.scalars(others):
        other.status = State.ENDED


def _wait(session: Session, row: HeldImageRow, told: HeldImages, now: str) -> None:
    waiter = session.get(HeldForRow, (row.id, told.job))
    if waiter is None:
        waiter = HeldForRow(held=row.id, job=told.job)
        session.add(waiter)
    waiter.user, waiter.profile, waiter.told_at = told.requested_by, told.profile, now
    waiter.role = fitting(HeldForRow, "role", told.role)
    waiter.purpose = fitting(HeldForRow, "purpose", told.purpose)


def _undecided(session: Session, rows: Iterable[HeldImageRow]) -> tuple[str, ...]:
    images = {row.id: row for row in rows}
    found = Standings(session).of(list(images.values()))
    for one in found:
        images[one.id].status = State.DECIDED if one.state is State.DECIDED else State.WAITING
    return tuple(dict.fromkeys(one.image for one in found if one.state is not State.DECIDED))


def let_go(session: Session, jobs: Iterable[str], site: Site) -> None:
    """Note of the images that these jobs waited for which of them nobody waits for any more.

    Parameters
    ----------
    session : Session
        A writing one.
    """
    of_jobs = select(HeldForRow.held).where(HeldForRow.job.in_(list(jobs)))
    waiting = select(HeldImageRow).where(HeldImageRow.id.in_(of_jobs), HeldImageRow.status == State.WAITING)
    rows = {row.id: row for row in session.scalars(waiting)}
    for image in Standings(session, site).of(list(rows.values())):
        if image.state is State.WITHDRAWN:
            rows[image.id].status = State.WITHDRAWN


def answered(session: Session, uids: Iterable[str]) -> Answered:
    """Return what stands for these studies: decisions that are not stale, and images that wait for one. Reads only.

    What was decided of an image before it, or the rules, changed is of no use to anybody and is not told.
    """
    keys = session.scalars(select(StudyRow.key).where(StudyRow.study_uid.in_(list(uids)))).all()
    rows = session.scalars(select(HeldImageRow).where(HeldImageRow.study_key.in_(keys))).all()
    standings = Standings(session)
    held = {row.id: row for row in rows}
    decisions = {
        review.held: _standing(review, held[review.held])
        for review in standing_reviews(session, [row.id for row in rows if row.status != State.ENDED]).values()
        if not standings.is_stale(review)
    }
    waiting = [one.image for one in standings.of(rows) if one.state is State.WAITING]
    return Answered(tuple(decisions.values()), tuple(dict.fromkeys(waiting)))


def _standing(review: ImageReviewRow, held: HeldImageRow) -> Standing:
    return Standing(
        image=review.image,
        basis=review.basis,
        rule=held.rule,
        why=held.why,
        outcome=review.outcome,
        areas=loaded(review.areas),
        no_face=review.no_face,
        recognisable=review.recognisable,
        reason=review.reason,
        role=review.role,
        at=review.at,
    )
