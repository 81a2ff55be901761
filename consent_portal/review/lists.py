"""What the pages list: the studies with images that wait for a person, and the held images of one study."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.registers import studies
from consent_portal.review.model import HeldImage, State, StudyOnList, Waiter
from consent_portal.review.rows import HeldImageRow
from consent_portal.review.standing import Standings
from consent_portal.services.context import Site
from consent_portal.tasks.sight import seen


def work_list(session: Session, site: Site) -> tuple[StudyOnList, ...]:
    """Return the studies with images that wait, the one that waits longest first."""
    live = HeldImageRow.status.in_([State.WAITING, State.DECIDED]), HeldImageRow.until > to_text(utc_now())
    rows = session.scalars(select(HeldImageRow).where(*live).order_by(HeldImageRow.study_key)).all()
    images = Standings(session, site).of(rows)
    listed = (_listed(session, key, list(some)) for key, some in groupby(images, key=lambda one: one.study))
    return tuple(sorted((one for one in listed if one is not None), key=lambda one: one.first_told_at))


def _listed(session: Session, study_key: str, images: Sequence[HeldImage]) -> StudyOnList | None:
    study = studies.by_key(session, study_key)
    waiting = [one for one in images if one.is_open]
    if study is None or not waiting:
        return None
    return StudyOnList(
        study=study,
        waiting=len(waiting),
        drafted=sum(one.draft.outcome is not None for one in waiting),
        decided=sum(one.state is State.DECIDED for one in images),
        rules=tuple(sorted({one.rule for one in waiting})),
        modalities=tuple(sorted({one.modality for one in waiting})),
        first_told_at=min(one.told_at for one in waiting),
        until=min(one.until for one in waiting),
        waiters=_each_once(waiter for one in waiting for waiter in one.waiters),
    )


def _each_once(waiters: Iterable[Waiter]) -> tuple[Waiter, ...]:
    return tuple({one.job: one for one in waiters}.values())


def of_study(session: Session, study_key: str, site: Site | None) -> tuple[HeldImage, ...]:
    """Return the held images of a study by series, number and position, however they stand.

    An image that was held anew on another basis is there as it is held now, and not as it was.
    """
    images = every(session, study_key, site)
    live = {one.image for one in images if one.state is not State.ENDED}
    last: dict[str, HeldImage] = {}
    for one in sorted(images, key=lambda one: one.told_at):
        last[one.image if one.image not in live else one.id] = one
    shown = (one for one in last.values() if one.image not in live or one.state is not State.ENDED)
    return tuple(sorted(shown, key=_place))


def every(session: Session, study_key: str, site: Site | None) -> list[HeldImage]:
    """Return the held images of a study on every basis, as long as any is known."""
    query = select(HeldImageRow).where(HeldImageRow.study_key == study_key)
    return Standings(session, site).of(session.scalars(query).all())


def _place(image: HeldImage) -> tuple[str, int, int, str, str]:
    return image.series_uid, image.number or 0, image.position, image.told_at, image.id


def one(session: Session, study_key: str, image_id: str, site: Site | None) -> HeldImage | None:
    """Return one held image of a study, None where there is none of that id."""
    query = select(HeldImageRow).where(HeldImageRow.id == image_id, HeldImageRow.study_key == study_key)
    found = Standings(session, site).of(session.scalars(query).all())
    return found[0] if found else None


def how_many_wait(session: Session) -> int:
    """Return how many images wait by what was last written of them: for the number beside the menu."""
    waiting = HeldImageRow.status == State.WAITING, HeldImageRow.until > to_text(utc_now())
    query = select(func.count()).select_from(HeldImageRow).where(*waiting, seen(session, HeldImageRow))
    return session.scalar(query) or 0
