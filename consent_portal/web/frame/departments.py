"""Object-level access, where a site switches departments on: what is another department's is not there (F4, ADR 0153).

Every reading session of a person's request carries what that person may see, and a number of something else, wherever
it stands in the request, is taken for one that nobody has. So the answer is that of what does not exist by itself, for
reading and for sending, on every page there is and will be.
"""

import re
import uuid
from collections.abc import Iterable
from typing import Any

from flask import Flask, request
from flask_security import current_user
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from consent_portal.database import SIGHT, sight_of_request
from consent_portal.ledger import store
from consent_portal.parts import parts
from consent_portal.registers.departments import Departments
from consent_portal.registers.sight import Sight, sight_of
from consent_portal.services import departments as finding
from consent_portal.tasks.rows import AskRow, RecallRow, ReviewRow
from consent_portal.tasks.sight import narrow
from consent_portal.tasks.tablets import TabletRow
from consent_portal.web.frame.access import MACHINE_BLUEPRINTS, OPEN_ENDPOINTS, SIGNED_IN_ENDPOINTS, role_of_user

TASKS: tuple[Any, ...] = (AskRow, ReviewRow, RecallRow, TabletRow)
_NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def install(app: Flask, departments: Departments) -> None:
    """Narrow what people see at `app`; after the guard, and before anything is done. Nothing without departments."""
    app.jinja_env.globals["narrowed"] = lambda: sight_of_request.get() is not None
    if not departments:
        return
    narrow()
    app.before_request(lambda: _look(departments))
    app.teardown_request(lambda _error: _see_everything())


def _see_everything() -> None:
    sight_of_request.set(None)


def _look(departments: Departments) -> None:
    _see_everything()
    endpoint = request.endpoint
    if endpoint is None or endpoint in OPEN_ENDPOINTS | SIGNED_IN_ENDPOINTS:
        return
    if request.blueprint in MACHINE_BLUEPRINTS:
        return
    finding.find_out_more(parts().database, parts().orthanc, departments)
    sight = sight_of(current_user.username, str(role_of_user() or ""), current_user.departments, departments.version)
    sight_of_request.set(sight)
    if sight is not None:
        _take_for_unknown(sight)


def _take_for_unknown(sight: Sight) -> None:
    told = [*(request.view_args or {}).values(), *_values(request.args), *_values(request.form)]
    numbers = {number for number in map(_plain, told) if _NUMBER.fullmatch(number)}
    with parts().database.reading(whole=True) as session:
        unseen = _unseen(session, sight, numbers)
    for name, value in (request.view_args or {}).items():
        if _plain(value) in unseen:
            request.view_args[name] = type(value)(str(uuid.uuid4()))  # type: ignore[index]  # it has this name
    request.args = _without(request.args, unseen)
    request.form = _without(request.form, unseen)


def _plain(value: object) -> str:
    """Return a value as a form may read it."""
    return str(value).strip().lower()


def _values(fields: MultiDict[str, str]) -> Iterable[str]:
    return (value for _name, value in fields.items(multi=True))


def _without(fields: MultiDict[str, str], unseen: set[str]) -> ImmutableMultiDict[str, str]:
    told = fields.items(multi=True)
    return ImmutableMultiDict((name, str(uuid.uuid4()) if _plain(value) in unseen else value) for name, value in told)


def _unseen(session: Session, sight: Sight, numbers: set[str]) -> set[str]:
    """Return those of these numbers that are of something there is, but not for this person; each is asked of alike."""
    unseen = sight.unseen_studies(session, numbers) | sight.unseen_patients(session, numbers)
    events = store.events_of_ids(session, sorted(numbers))
    unseen |= {event.id for event in events} - {event.id for event in sight.events(session, events)}
    there = {row: _there(session, row.id, numbers) for row in TASKS}
    session.info[SIGHT] = sight
    for row, known in there.items():
        unseen |= known - {one.id for one in session.scalars(select(row).where(row.id.in_(sorted(numbers))))}
    return unseen


def _there(session: Session, column: InstrumentedAttribute[str], numbers: set[str]) -> set[str]:
    return set(session.scalars(select(column).where(column.in_(sorted(numbers)))))
