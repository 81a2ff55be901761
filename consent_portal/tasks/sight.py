"""The one place where another department's studies, and the work about them, are left out (assurance F4, ADR 0153).

Whatever is loaded by a session that carries a `Sight` passes here, by whichever page and query: a page cannot forget
it. Columns by themselves are not narrowed, since the rules count over them (`registers.persons`); events are narrowed
where they are looked up by number or kind (`ledger.store`), and a patient's own record is whole.
"""

import json
from typing import Any

from sqlalchemy import ColumnElement, Result, String, and_, event, exists, func, or_, true
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

from consent_portal.database import SIGHT
from consent_portal.ledger.rows import AccessRow
from consent_portal.registers.rows import StudyRow
from consent_portal.registers.sight import Sight
from consent_portal.tasks.rows import AskRow, RecallRow, ReviewRow
from consent_portal.tasks.tablets import TabletRow

OF_SEVERAL = (AskRow, ReviewRow)
"""Work about several studies, whose keys are JSON: seen by whoever sees each of them."""


class OfOneStudy:
    """A table whose every row is about one study: seen by whoever sees the study, wherever its class stands."""

    study_key: Mapped[str] = mapped_column(String(36), index=True)


def _conditions(sight: Sight) -> dict[type, ColumnElement[bool]]:
    seen = sight.condition()
    of_patient = StudyRow.patient_key == AccessRow.patient_key
    return {
        StudyRow: seen,
        # Whoever has a copy must be told to delete it, wherever they work now; it names no patient (R19).
        RecallRow: or_(
            func.lower(RecallRow.requested_by) == sight.user.lower(),
            exists().where(StudyRow.study_uid == RecallRow.study_uid, seen),
        ),
        TabletRow: exists().where(StudyRow.key == TabletRow.study, seen),
        AccessRow: or_(
            and_(AccessRow.study_key.is_(None), or_(AccessRow.patient_key.is_(None), exists().where(of_patient, seen))),
            exists().where(StudyRow.key == AccessRow.study_key, seen),
        ),
    }


def seen(session: Session, row: type[OfOneStudy]) -> ColumnElement[bool]:
    """Return the condition that leaves out what whoever asks may not see, where columns are counted and not loaded."""
    sight = session.info.get(SIGHT)
    return _is_seen(row, sight) if isinstance(sight, Sight) else true()


def _is_seen(row: type[OfOneStudy], sight: Sight) -> ColumnElement[bool]:
    return exists().where(StudyRow.key == row.study_key, sight.condition())


def narrow() -> None:
    """Let every session that carries a sight be narrowed; those without one are as they were."""
    if not event.contains(Session, "do_orm_execute", _narrow):
        event.listen(Session, "do_orm_execute", _narrow)


def _narrow(state: ORMExecuteState) -> Result[Any] | None:
    sight = state.session.info.get(SIGHT)
    if not isinstance(sight, Sight) or not state.is_select:
        return None
    loaded = {one["expr"] for one in state.statement.column_descriptions}  # type: ignore[attr-defined]  # a Select has
    conditions = _conditions(sight)
    conditions |= {row: _is_seen(row, sight) for row in loaded if isinstance(row, type) and issubclass(row, OfOneStudy)}
    narrowed = [with_loader_criteria(row, conditions[row]) for row in loaded if row in conditions]
    if narrowed:
        state.statement = state.statement.options(*narrowed)
    return _without_unseen(state, sight) if loaded & set(OF_SEVERAL) else None


def _without_unseen(state: ORMExecuteState, sight: Sight) -> Result[Any]:
    most = state.statement._limit_clause  # type: ignore[attr-defined]  # a Select has; there is no public name
    shown = None if most is None else most.value
    if shown is not None:
        state.statement = state.statement.limit(None)  # type: ignore[attr-defined]  # others' would use it up
    found = state.invoke_statement().freeze()
    told = found().all()
    rows = [one[0] for one in told]
    unseen = sight.unseen_studies(state.session, {key for row in rows for key in json.loads(row.studies)})
    kept = [row for row in rows if not unseen & set(json.loads(row.studies))]
    for row in rows:
        if row not in kept:
            state.session.expunge(row)  # or the session would give it by its number, without asking
    result: Result[Any] = found.with_new_rows([one for one in told if one[0] in kept[:shown]])()
    return result
