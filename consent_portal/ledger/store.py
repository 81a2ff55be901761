"""Writes events at the end of the chain and reads them back."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, literal, or_, select
from sqlalchemy.orm import Session

from consent_portal.asking import Question, Row
from consent_portal.clock import from_text, to_text, utc_now
from consent_portal.database import SIGHT
from consent_portal.ledger import expiries, raw
from consent_portal.ledger.chain import GENESIS, STORED, Verification, canonical, link, verify
from consent_portal.ledger.events import Draft, Event, EventType
from consent_portal.ledger.kinds import KINDS
from consent_portal.ledger.rows import EventRow
from consent_portal.ledger.scope import Item, Scope, ScopeKind
from consent_portal.ledger.timekeeping import behind, in_ledger_time

_TABLE = cast(Table, EventRow.__table__)
_LAST = Question(select(_TABLE.c.seq, _TABLE.c.hash, _TABLE.c.recorded_at).order_by(_TABLE.c.seq.desc()).limit(1))
HEAD = "aoa_event_head"
"""In a writing session's `info`: number, hash and time of the last event, once one was written."""
LAST = "aoa_last_event"
"""In a writing session's `info`: the same as it stood when the session began, since when nobody else has written."""


def head(session: Session) -> tuple[int, str]:
    """Return the number and hash of the last event; (0, zeros) for an empty ledger."""
    seq, own, _ = _last(session)
    return seq, own


def last_recorded_at(session: Session) -> datetime | None:
    """Return when the last event was written (UTC); None for an empty ledger."""
    _, _, at = _last(session)
    return from_text(at) if at else None


def _last(session: Session) -> tuple[int, str, str]:
    known: tuple[int, str, str] | None = session.info.get(LAST) if HEAD not in session.info else None
    if known is not None:
        return known
    rows = _LAST.ask(session)
    return rows[0] if rows else (0, GENESIS, "")


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
    (seq, last), now, before = head(session), utc_now(), last_recorded_at(session)
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


_COLUMNS = ("seq", "id", "prev_hash", "hash", "recorded_at", "effective_at", "recorded_by", "type", "patient_key",
            "scope", "payload", "supersedes")  # fmt: skip
"""What is read of an event, in this order."""
_KNOWN = {str(kind): (kind, KINDS[kind].payload) for kind in EventType}


@lru_cache(maxsize=4096)
def _scope(text: str) -> Scope:
    return Scope.model_validate_json(text)


def _event(row: Row) -> Event:
    seq, number, before, own, recorded, effective, by, name, patient, scope, payload, about = row
    kind, shape = _KNOWN[name]
    return Event(
        type=kind,
        patient_key=patient,
        scope=_scope(scope),
        payload=shape.model_validate_json(payload),
        effective_at=from_text(effective),
        recorded_by=by,
        supersedes=about,
        seq=seq,
        id=number,
        prev_hash=before,
        hash=own,
        recorded_at=from_text(recorded),
    )


def _read(session: Session, question: Question, **values: object) -> list[Event]:
    return [_event(row) for row in question.ask(session, **values)]


def _those(which: ColumnElement[bool]) -> Question:
    """Return the question for events, oldest first."""
    return Question(select(*(_TABLE.c[name] for name in _COLUMNS)).where(which).order_by(_TABLE.c.seq))


def _among(column: str, name: str) -> ColumnElement[bool]:
    return _TABLE.c[column].in_(bindparam(name, expanding=True))


_ABOUT = _those(or_(_among("patient_key", "patients"), _among("study_uid", "studies")))
_OF_PATIENTS = _those(and_(_among("patient_key", "patients"), _among("type", "types")))
_OF_TYPES, _OF_IDS = _those(_among("type", "types")), _those(_among("id", "ids"))


def events_about(session: Session, patient_key: str, study_uids: Sequence[str] = ()) -> list[Event]:
    """Return the events of a patient, and of the studies whoever they were thought to belong to, oldest first."""
    return events_about_all(session, [patient_key], study_uids)


def events_about_all(session: Session, patient_keys: Iterable[str], study_uids: Sequence[str] = ()) -> list[Event]:
    """Return the events of several patients, and of the studies whoever they were thought to belong to."""
    return _read(session, _ABOUT, patients=list(patient_keys), studies=[uid for uid in study_uids if uid])


def _may_count() -> ColumnElement[bool]:
    """Return the condition that leaves out events about other studies of the same patient (`events_that_count`)."""
    other = _TABLE.alias()
    time_went_back = select(other.c.seq).where(other.c.type == str(EventType.CONTINUITY_ACCEPTED)).exists()
    is_wide = or_(*(_TABLE.c.scope.contains(f'"kind":"{kind}"') for kind in ScopeKind if kind.is_wide))
    order = literal("") + bindparam("order")  # SQLite plans anew, at ten times the cost, for each pattern by itself
    named = or_(_TABLE.c.study_uid == "", _among("study_uid", "studies"), _TABLE.c.scope.like(order))
    return or_(named, is_wide, _TABLE.c.type == str(EventType.INVALIDATED), time_went_back)


_COUNTING = _those(and_(or_(_among("patient_key", "patients"), _among("study_uid", "studies")), _may_count()))


def events_that_count(session: Session, patient_keys: Iterable[str], item: Item) -> list[Event]:
    """Return the events of several patients, and of an item's studies, on which what stands for the item can rest.

    That is at least every event that touches the item, and every mark of an event entered in error. Those about other
    studies alone are left unread, so that a decision takes no longer where a patient has many; only where the ledger's
    time went back (ADR 0124) can they matter, and everything is read.
    """
    if item.series_uid or item.instance_uid:
        return events_about_all(session, patient_keys, sorted(item.study_uids))
    studies = [uid for uid in item.study_uids if uid]
    return _read(session, _COUNTING, patients=list(patient_keys), studies=studies, order=_of_one_order(item))


def _of_one_order(item: Item) -> str:
    """Return the pattern of scopes with the item's accession number, which carries a refusal to all of an order."""
    return f'%"accession":{_wild(canonical(item.accession))}%' if item.accession else ""


def _wild(text: str) -> str:
    """Return text as a part of a pattern, with any letter in place of those that a pattern gives a meaning."""
    return text.replace("\\", "_").replace("%", "_")


def events_of_patients(session: Session, patient_keys: Iterable[str], *types: EventType) -> list[Event]:
    """Return the events of these types of any of these patients, oldest first."""
    return _read(session, _OF_PATIENTS, patients=list(patient_keys), types=[str(kind) for kind in types])


def events_of_type(session: Session, *types: EventType) -> list[Event]:
    """Return all events of these types, oldest first."""
    return seen(session, _read(session, _OF_TYPES, types=[str(kind) for kind in types]))


def events_of_ids(session: Session, ids: Sequence[str]) -> list[Event]:
    """Return the events of these ids, oldest first."""
    return _read(session, _OF_IDS, ids=list(ids))


def event(session: Session, event_id: str) -> Event | None:
    """Return the event of that id."""
    found = seen(session, _read(session, _OF_IDS, ids=[event_id]))
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


def stored(session: Session, last: int | None = None) -> Iterator[Sequence[Any]]:
    """Give every row as it is verified, in order; up to one of that number where it is given."""
    query = select(*(_TABLE.c[name] for name in STORED)).order_by(_TABLE.c.seq)
    return raw.rows(session, query if last is None else query.where(_TABLE.c.seq <= last))


Seen = Callable[[Iterable[Sequence[Any]]], Iterable[Sequence[Any]]]


def verify_ledger(session: Session, expected_head: str = "", see: Seen = iter, last: int | None = None) -> Verification:
    """Walk the whole chain.

    Parameters
    ----------
    expected_head : str
        A head hash that was kept outside; it must be the hash of one of the events, or the end was cut off.
    see : callable
        Is handed the rows and gives them on, for whoever tells of the progress.
    last : int, optional
        Number of the event to which it is walked; to the end by default.
    """
    seen = {GENESIS}

    def watched() -> Iterator[Sequence[Any]]:
        for row in see(stored(session, last)):
            if row[-1] == expected_head:
                seen.add(expected_head)
            yield row

    found = verify(watched() if expected_head else see(stored(session, last)))
    if found.whole and expected_head and expected_head not in seen:
        fault = "the event whose hash was kept outside is gone: the end of the ledger was cut off or rewritten"
        return Verification(found.count, found.head, found.count + 1, fault)
    return found
