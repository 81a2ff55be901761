"""The ledger cannot be changed unnoticed: triggers refuse, and the chain names the first bad event."""

import sqlite3
from itertools import pairwise

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from consent_portal.clock import utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.chain import GENESIS, canonical, link
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.rows import APPEND_ONLY
from consent_portal.ledger.scope import Scope
from tests.support.consent import STUDY, given


def write(database, count=5):
    with database.writing() as session:
        for _ in range(count):
            draft = Draft(EventType.GIVEN, "patient", Scope.study(STUDY), given("record"), utc_now(), "me")
            store.append(session, draft)


def verified(database, head=""):
    with database.reading() as session:
        return store.verify_ledger(session, head)


def forge(url, *statements):
    """Change the file as its owner could: with the triggers gone."""
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        for name, sql in list(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")):
            assert sql
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_an_empty_ledger_is_whole(database):
    found = verified(database)
    assert found.whole
    assert (found.count, found.head) == (0, GENESIS)


def test_events_follow_each_other_from_the_first(database):
    write(database)
    found = verified(database)
    assert found.whole
    assert found.count == 5
    with database.reading() as session:
        rows = list(store.walk(session))
    assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0]["prev_hash"] == GENESIS
    assert all(later["prev_hash"] == earlier["hash"] for earlier, later in pairwise(rows))


@pytest.mark.parametrize(
    "column",
    [
        "payload",
        "scope",
        "recorded_at",
        "effective_at",
        "recorded_by",
        "type",
        "patient_key",
        "supersedes",
        "study_uid",
        "id",
    ],
)
def test_a_forged_row_is_found_at_its_number(database, url, column):
    write(database)
    value = "REFUSED" if column == "type" else "forged"
    forge(url, f"UPDATE ledger_event SET {column} = '{value}' WHERE seq = 3")
    found = verified(database)
    assert (found.whole, found.bad_seq, found.count) == (False, 3, 2)
    assert "3" in found.fault


def test_a_row_taken_out_of_the_middle_is_found(database, url):
    write(database)
    forge(url, "DELETE FROM ledger_event WHERE seq = 3")
    assert verified(database).bad_seq == 3


def test_a_row_rewritten_with_a_fitting_hash_breaks_the_next(database, url):
    write(database)
    with database.reading() as session:
        row = next(row for row in store.walk(session) if row["seq"] == 3)
    row["recorded_by"] = "somebody else"
    forge(
        url,
        f"UPDATE ledger_event SET recorded_by = 'somebody else', hash = '{link(row, row['prev_hash'])}' WHERE seq = 3",
    )
    assert verified(database).bad_seq == 4


def test_an_end_that_was_cut_off_is_found_by_the_hash_kept_outside(database, url):
    write(database)
    head = verified(database).head
    assert verified(database, head).whole
    write(database, 1)
    assert verified(database, head).whole
    forge(url, "DELETE FROM ledger_event WHERE seq >= 5")
    assert verified(database).whole
    assert not verified(database, head).whole


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_event SET recorded_by = 'x'",
        "UPDATE ledger_event SET payload = payload WHERE seq = 2",
        "DELETE FROM ledger_event",
        "REPLACE INTO ledger_event SELECT * FROM ledger_event WHERE seq = 2",
        "INSERT OR REPLACE INTO ledger_event SELECT * FROM ledger_event WHERE seq = 5",
        "INSERT INTO ledger_event SELECT 9, 'id', hash, 'h', recorded_at, effective_at, recorded_by, type, patient_key,"
        " scope, payload, supersedes, study_uid FROM ledger_event WHERE seq = 5",
        "INSERT INTO ledger_event SELECT 6, 'id', prev_hash, 'h', recorded_at, effective_at, recorded_by, type,"
        " patient_key, scope, payload, supersedes, study_uid FROM ledger_event WHERE seq = 5",
    ],
)
def test_the_database_itself_refuses_change_deletion_replacement_and_forks(database, statement):
    write(database)
    with pytest.raises(DBAPIError, match=r"only grows|must follow"), database.writing() as session:
        session.execute(text(statement))
    assert verified(database).count == 5
    assert verified(database).whole


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_every_append_only_table_has_its_triggers(database, table):
    with database.reading() as session:
        names = set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    assert {f"{table}_no_update", f"{table}_no_delete", f"{table}_no_replace"} <= names


def test_an_event_carries_only_the_payload_of_its_type(database):
    with pytest.raises(ValueError, match="carries Given"), database.writing() as session:
        store.append(session, Draft(EventType.GIVEN, "p", Scope.patient(), p.Refused(), utc_now(), "me"))
    assert verified(database).count == 0


def _write_and_fail(database):
    with database.writing() as session:
        store.append(session, Draft(EventType.REFUSED, "p", Scope.patient(), p.Refused(), utc_now(), "me"))
        raise RuntimeError


def test_a_failed_transaction_leaves_no_trace(database):
    write(database, 1)
    with pytest.raises(RuntimeError):
        _write_and_fail(database)
    assert verified(database).count == 1


def test_what_is_read_is_what_was_written(database):
    draft = Draft(
        EventType.GIVEN, "p", Scope.study(STUDY, "ACC"), given("record", reason="Ünïcode «ok» 日本"), utc_now(), "me"
    )
    with database.writing() as session:
        written = store.append(session, draft)
    with database.reading() as session:
        read = store.event(session, written.id)
    assert read == written
    assert read.payload.reason == "Ünïcode «ok» 日本"


def test_the_hashed_form_is_the_same_whatever_the_order_of_keys():
    assert canonical({"b": 1, "a": "é"}) == canonical({"a": "é", "b": 1}) == '{"a":"é","b":1}'
