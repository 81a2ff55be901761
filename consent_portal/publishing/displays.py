"""The display register: what hangs where, since when, with a photograph and a day for the next look (R85)."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.publishing.rows import DisplayRow, PhotographRow
from notices.outputs import Kind, Paper
from notices.versions import Display, Version, out_of_date


@dataclass(frozen=True)
class Entry:
    """A line of the register, and why it needs a visit; `reason` is empty when it does not."""

    id: int
    display: Display
    reason: str


def every(session: Session, versions: Iterable[Version], today: date) -> list[Entry]:
    """Return the register: what needs a visit first, then by place; what was taken down at the end."""
    rows = session.scalars(select(DisplayRow).order_by(DisplayRow.place, DisplayRow.id)).all()
    known = tuple(versions)
    entries = [_entry(row, known, today) for row in rows]
    return sorted(entries, key=lambda one: (one.display.taken_down is not None, not one.reason))


def get(session: Session, number: int, versions: Iterable[Version], today: date) -> Entry | None:
    """Return one line."""
    row = session.get(DisplayRow, number)
    return _entry(row, tuple(versions), today) if row else None


def _entry(row: DisplayRow, versions: tuple[Version, ...], today: date) -> Entry:
    shown = _display(row)
    return Entry(row.id, shown, next((one.reason for one in out_of_date([shown], versions, today)), ""))


def add(session: Session, display: Display, by: str, jpeg: bytes | None = None) -> int:
    """Enter a display and return its number."""
    row = DisplayRow()
    _write(session, row, display, by, jpeg)
    session.add(row)
    session.flush()
    return row.id


def change(session: Session, number: int, display: Display, by: str, jpeg: bytes | None = None) -> None:
    """Bring a line up to date: another version, another day for the next look, another photograph, or taken down.

    A photograph that no line shows any more is deleted.

    Raises
    ------
    LookupError
        When there is no such line.
    """
    row = session.get(DisplayRow, number)
    if row is None:
        raise LookupError("There is no such display.")
    _write(session, row, display, by, jpeg)
    session.flush()
    shown = select(DisplayRow.photograph).where(DisplayRow.photograph.is_not(None))
    session.execute(delete(PhotographRow).where(PhotographRow.digest.not_in(shown)))


def photograph(session: Session, digest: str) -> bytes | None:
    """Return a photograph."""
    row = session.get(PhotographRow, digest)
    return row.jpeg if row else None


def _write(session: Session, row: DisplayRow, display: Display, by: str, jpeg: bytes | None) -> None:
    values = asdict(display)
    if jpeg is not None:
        values["photograph"] = hashlib.sha256(jpeg).hexdigest()
        session.merge(PhotographRow(digest=values["photograph"], jpeg=jpeg))
        session.flush()
    for name, value in values.items():
        setattr(row, name, value.isoformat() if isinstance(value, date) else value)
    row.updated_at, row.updated_by = to_text(utc_now()), by


def _display(row: DisplayRow) -> Display:
    return Display(
        place=row.place,
        kind=Kind(row.kind),
        paper=Paper(row.paper),
        language=row.language,
        version=row.version,
        since=date.fromisoformat(row.since),
        review_by=date.fromisoformat(row.review_by),
        large_print=row.large_print,
        easy_read=row.easy_read,
        photograph=row.photograph,
        taken_down=date.fromisoformat(row.taken_down) if row.taken_down else None,
    )
