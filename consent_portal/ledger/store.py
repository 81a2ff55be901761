"""Writes events at the end of the chain and reads them back."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol, cast

from sqlalchemy import Select, Table, or_, select
from sqlalchemy.orm import Session

from consent_portal.clock import from_text, to_text, utc_now
from consent_portal.database import SIGHT
from consent_portal.ledger import expiries
from consent_portal.ledger.chain import GENESIS, STORED, Verification, canonical, link, verify
from consent_portal.ledger.events import Draft, Event, EventType
from consent_portal.ledger.kinds import KINDS
from consent_portal.ledger.rows import EventRow
from consent_portal.ledger.scope import Scope
from consent_portal.ledger.timekeeping import behind, in_ledger_time

_TABLE = cast(Table, EventRow.__table__)
_AT_ONCE = 2000
HEAD = "aoa_event_head"
"""In a writing session's `info`: number, hash and time of the last event, once one was written."""


def head(session: Session) -> tuple[int, str]:
    """Return the number and hash of the last event; (0, zeros) for an empty ledger."""
    row = session.execute(select(EventRow.seq, EventRow.hash).order_by(EventRow.seq.desc()).limit(1)).one_or_none()
    return (row.seq, row.hash) if row else (0, GENESIS)


def last_recorded_at(session: Session) -> datetime | None:
    """Return when the last event was written (UTC); None for an empty ledger."""
    text = session.scalar(select(EventRow.recorded_at).order_by(EventRow.seq.desc()).limit(1))
    return from_text(text) if text else None


def append(session: Session, draft: Draft) -> Event:
    """Write `draft` at the end of the chain; see `append_all`."""
    return append_all(session, [draft])[0]


def append_all(session: Session, drafts: Sequence[Draft]) -> list[Event]:
    """Write `drafts` at the end of the chain, in their order, all or none.

    Parameters
    ----------
    session : Session
        From `Database.writing`, which lets one writer at a time in.

    Raises
    ------
    ValueError
        When a payload is not of its event's type.
    ClockBehind
        When the clock stands before the last entry and a draft would open something.
    """
    seq, last = head(session)
    now, before = utc_now(), last_recorded_at(session)
    if any(draft.type is EventType.CONTINUITY_ACCEPTED for draft in drafts):
        before = None  # from here on the clock that the Guardian accepts is the ledger's own
    recorded_at = max(now, before or now)  # the ledger's time never runs backwards (ADR 0124)
    rows, timed = [], [_in_ledger_time(session, draft, now, before) for draft in drafts]
    for place, draft in enumerate(timed, 1):
        if type(draft.payload) is not KINDS[draft.type].payload:
            wanted = KINDS[draft.type].payload.__name__
            message = f"An event {draft.type} carries {wanted}, not {type(draft.payload).__name__}."
            raise ValueError(message)
        rows.append(_row(draft, seq + place, last, recorded_at))
        last = str(rows[-1]["hash"])
    if rows:
        session.execute(_TABLE.insert(), rows)
        session.info[HEAD] = (seq + len(rows), last, to_text(recorded_at))
        session.info[HEAD] = (seq + len(rows), last, to_text(recorded_at))
        expiries.note(session, [(str(row["id"]), draft.payload) for draft, row in zip(timed, rows, strict=True)])
    return [_written(draft, row) for draft, row in zip(timed, rows, strict=True)]


def _in_ledger_time(session: Session, draft: Draft, now: datetime, before: datetime | None) -> Draft:
    if not behind(now, before):
        return draft
    about = event(session, draft.supersedes) if draft.supersedes else None
    return in_ledger_time(draft, now, before, about)


def _written(draft: Draft, row: dict[str, object]) -> Event:
    """Return the event without reading it back: it is the draft in its place."""
    return Event(
        type=draft.type,
        patient_key=draft.patient_key,
        scope=draft.scope,
        payload=draft.payload,
        effective_at=from_text(str(row["effective_at"])),
        recorded_by=draft.recorded_by,
        supersedes=draft.supersedes,
        seq=int(str(row["seq"])),
        id=str(row["id"]),
        prev_hash=str(row["prev_hash"]),
        hash=str(row["hash"]),
        recorded_at=from_text(str(row["recorded_at"])),
    )


def _row(draft: Draft, seq: int, prev_hash: str, recorded_at: datetime) -> dict[str, object]:
    row: dict[str, object] = {
        "seq": seq,
        "id": str(uuid.uuid4()),
        "prev_hash": prev_hash,
        "recorded_at": to_text(recorded_at),
        "effective_at": to_text(draft.effective_at),
        "recorded_by": draft.recorded_by,
        "type": str(draft.type),
        "patient_key": draft.patient_key,
        "scope": canonical(draft.scope.model_dump(mode="json", exclude_defaults=True)),
        "payload": canonical(draft.payload.model_dump(mode="json")),
        "supersedes": draft.supersedes,
        "study_uid": draft.scope.study_uid,
    }
    row["hash"] = link(row, prev_hash)
    return row


def _event(row: dict[str, object]) -> Event:
    kind = EventType(str(row["type"]))
    return Event(
        type=kind,
        patient_key=str(row["patient_key"]),
        scope=Scope.model_validate_json(str(row["scope"])),
        payload=KINDS[kind].payload.model_validate_json(str(row["payload"])),
        effective_at=from_text(str(row["effective_at"])),
        recorded_by=str(row["recorded_by"]),
        supersedes=None if row["supersedes"] is None else str(row["supersedes"]),
        seq=int(str(row["seq"])),
        id=str(row["id"]),
        prev_hash=str(row["prev_hash"]),
        hash=str(row["hash"]),
        recorded_at=from_text(str(row["recorded_at"])),
    )


def _read(session: Session, query: Select[EventRow]) -> list[Event]:
    rows = session.execute(query.with_only_columns(*_TABLE.columns).order_by(EventRow.seq)).mappings()
    return [_event(dict(row)) for row in rows]


def events_about(session: Session, patient_key: str, study_uids: Sequence[str] = ()) -> list[Event]:
    """Return the events of a patient, and of the studies whoever they were thought to belong to, oldest first."""
    return events_about_all(session, [patient_key], study_uids)


def events_about_all(session: Session, patient_keys: Iterable[str], study_uids: Sequence[str] = ()) -> list[Event]:
    """Return the events of several patients, and of the studies whoever they were thought to belong to."""
    of_patients = EventRow.patient_key.in_(list(patient_keys))
    of_studies = EventRow.study_uid.in_([uid for uid in study_uids if uid])
    return _read(session, select(EventRow).where(or_(of_patients, of_studies)))


def events_of_patients(session: Session, patient_keys: Iterable[str], *types: EventType) -> list[Event]:
    """Return the events of these types of any of these patients, oldest first."""
    ours = EventRow.patient_key.in_(list(patient_keys))
    return _read(session, select(EventRow).where(ours, EventRow.type.in_([str(kind) for kind in types])))


def events_of_type(session: Session, *types: EventType) -> list[Event]:
    """Return all events of these types, oldest first."""
    return seen(session, _read(session, select(EventRow).where(EventRow.type.in_([str(kind) for kind in types]))))


def events_of_ids(session: Session, ids: Sequence[str]) -> list[Event]:
    """Return the events of these ids, oldest first."""
    return _read(session, select(EventRow).where(EventRow.id.in_(list(ids))))


def event(session: Session, event_id: str) -> Event | None:
    """Return the event of that id."""
    found = seen(session, _read(session, select(EventRow).where(EventRow.id == event_id)))
    return found[0] if found else None


class Sight(Protocol):
    """What whoever asks may see, as a reading session carries it (`consent_portal.registers.sight`)."""

    def events(self, session: Session, events: Iterable[Event]) -> list[Event]:
        """Return the events that may be seen."""
        ...


def seen(session: Session, events: list[Event]) -> list[Event]:
    """Return the events that whoever asks may see: all of them, but where departments are switched on (ADR 0153)."""
    sight: Sight | None = session.info.get(SIGHT)
    return events if sight is None else sight.events(session, events)


def walk(session: Session) -> Iterator[dict[str, object]]:
    """Give every row as it is stored, in order."""
    query = select(*_TABLE.columns).order_by(EventRow.seq).execution_options(yield_per=2000)
    for row in session.execute(query).mappings():
        yield dict(row)


def stored(session: Session) -> Iterator[Sequence[Any]]:
    """Give every row as it is verified, in order.

    By the driver's own cursor, a part at a time: dressing each row up would take as long again as proving it.
    """
    connection = session.connection()
    query = select(*(_TABLE.columns[name] for name in STORED)).order_by(EventRow.seq)
    named = () if connection.dialect.name == "sqlite" else ("events",)  # PostgreSQL's would bring all rows at once
    cursor = connection.connection.cursor(*named)
    try:
        cursor.execute(str(query.compile(connection)))
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows
    finally:
        cursor.close()


Seen = Callable[[Iterable[Sequence[Any]]], Iterable[Sequence[Any]]]


def verify_ledger(session: Session, expected_head: str = "", see: Seen = iter) -> Verification:
    """Walk the whole chain.

    Parameters
    ----------
    expected_head : str
        A head hash that was kept outside; it must be the hash of one of the events, or the end was cut off.
    see : callable
        Is handed the rows and gives them on, for whoever tells of the progress.
    """
    seen = {GENESIS}

    def watched() -> Iterator[Sequence[Any]]:
        for row in see(stored(session)):
            if row[-1] == expected_head:
                seen.add(expected_head)
            yield row

    found = verify(watched())
    if found.whole and expected_head and expected_head not in seen:
        fault = "the event whose hash was kept outside is gone: the end of the ledger was cut off or rewritten"
        return Verification(found.count, found.head, found.count + 1, fault)
    return found
