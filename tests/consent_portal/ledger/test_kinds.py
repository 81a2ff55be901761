"""Each kind of event is told in one place, and what was written before stays readable."""

import sqlite3
from pathlib import Path

import pytest

from consent_portal.database import Database
from consent_portal.ledger import store
from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds import CORRECTABLE, KINDS
from consent_portal.ledger.kinds.kind import Summary, Writer
from consent_portal.migrations.run import migrate

WRITTEN = Path(__file__).parent / "written"


@pytest.fixture(params=sorted(WRITTEN.glob("*.sql")), ids=lambda path: path.stem)
def earlier_ledger(request, tmp_path):
    """A ledger with an event of every kind, as an earlier version wrote it, brought up to date."""
    path = tmp_path / "portal.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(request.param.read_text(encoding="utf-8"))
    connection.close()
    opened = Database(f"sqlite:///{path}")
    migrate(opened)
    yield opened
    opened.close()


def test_every_type_of_event_is_of_one_kind():
    assert set(KINDS) == set(EventType)


def test_what_left_or_was_called_back_cannot_have_been_entered_in_error():
    assert not CORRECTABLE & {EventType.RELEASED, EventType.RECALL_SENT, EventType.RECALL_CONFIRMED}
    assert not any(KINDS[kind].writer is Writer.SYSTEM for kind in CORRECTABLE)


def test_a_ledger_of_every_kind_that_an_earlier_version_wrote_is_whole_and_read_and_shown(earlier_ledger):
    with earlier_ledger.reading() as session:
        events = store.events_of_type(session, *EventType)
        assert store.verify_ledger(session).whole
    assert len(events) >= 21
    for event in events:
        kind = KINDS[event.type]
        assert kind.title
        assert any(fact.value for fact in kind.facts(event.payload)), event.type
        kind.summary(event.payload)


def test_the_timeline_has_a_line_for_every_kind(earlier_ledger):
    with earlier_ledger.reading() as session:
        events = store.events_of_type(session, *EventType)
    silent = [event.type for event in events if KINDS[event.type].summary(event.payload) == Summary()]
    assert not silent
