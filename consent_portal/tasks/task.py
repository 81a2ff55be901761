"""A task: work that waits for a person because of what somebody requested; questions and reviews are its kinds."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.tasks.rows import TaskRow
from consent_portal.tasks.shape import shaped


@dataclass(frozen=True, kw_only=True)
class Requested:
    """What was requested, by whom, of which studies (register keys); `digest` is the fingerprint of exactly that."""

    decision: str
    requested_by: str
    role: str
    purpose: str
    recipient: str
    studies: tuple[str, ...]
    reason_given: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Task(Requested):
    """A task that waits, or is over."""

    id: str
    opened_at: str
    status: str


Row = TypeVar("Row", bound=TaskRow)
Kind = TypeVar("Kind", bound=Task)


def _list(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text))


@dataclass(frozen=True)
class Tasks(Generic[Row, Kind]):
    """The tasks of one kind.

    Parameters
    ----------
    row, kind : type
        How a task is stored, and the frozen object that the rest of the portal handles.
    waits : str
        The status of a task that nobody has done yet.
    ended_at : str
        The column that says when it was done.
    lists : mapping
        Columns that hold a list as JSON, and what an entry is made to; `studies` is always one.
    """

    row: type[Row]
    kind: type[Kind]
    waits: str
    ended_at: str
    lists: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)

    def open(self, session: Session, wanted: Requested, *same: ColumnElement[bool], **first: Any) -> Kind:
        """Return the task that `same` finds for exactly this request, else a new one with the values of `first`."""
        found = self.find(session, wanted.digest, *same)
        return found if found is not None else self.frozen(self._new(session, wanted, first))

    def find(self, session: Session, digest: str, *same: ColumnElement[bool]) -> Kind | None:
        """Return the task of exactly this request that `same` allows."""
        row = session.scalar(select(self.row).where(self.row.digest == digest, *same))
        return self.frozen(row) if row is not None else None

    def _new(self, session: Session, wanted: Requested, first: Mapping[str, Any]) -> Row:
        values = {name: _stored(value) for name, value in asdict(wanted).items()}
        row = self.row(id=str(uuid.uuid4()), opened_at=to_text(utc_now()), status=self.waits, **values, **first)
        session.add(row)
        session.flush()
        return row

    def waiting(self, session: Session, requested_by: str | None = None, *which: ColumnElement[bool]) -> list[Kind]:
        """Return the tasks that nobody has done, oldest first; of one requester where named."""
        query = self._of(requested_by).where(self.row.status == self.waits, *which).order_by(self.row.opened_at)
        return [self.frozen(row) for row in session.scalars(query)]

    def done(
        self, session: Session, requested_by: str | None = None, *which: ColumnElement[bool], limit: int | None = None
    ) -> list[Kind]:
        """Return the tasks that were done last, newest first; of one requester where named."""
        query = self._of(requested_by).where(self.row.status != self.waits, *which)
        last_first = query.order_by(getattr(self.row, self.ended_at).desc()).limit(limit)
        return [self.frozen(row) for row in session.scalars(last_first)]

    def _of(self, requested_by: str | None) -> Any:
        query = select(self.row)
        return query if requested_by is None else query.where(self.row.requested_by == requested_by)

    def get(self, session: Session, task_id: str) -> Kind | None:
        """Return one task."""
        row = session.get(self.row, task_id)
        return self.frozen(row) if row else None

    def frozen(self, row: Row) -> Kind:
        """Return the frozen object of a row."""
        made: dict[str, Callable[[Any], Any]] = {"studies": _list}
        made |= {name: _entries(make) for name, make in self.lists.items()}
        return shaped(self.kind, row, made)


def _entries(make: Callable[[Any], Any]) -> Callable[[str], tuple[Any, ...]]:
    return lambda text: tuple(make(entry) for entry in json.loads(text))


def _stored(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, tuple) else value
