"""A name is found by the index of its words alone, which follows the register whoever writes it."""

import re

import pytest
from sqlalchemy import event, text

from consent_portal.database import Database
from consent_portal.migrations import run
from consent_portal.registers import studies
from consent_portal.registers.finding import Criteria, alike_in_sound, find
from tests.consent_portal.ledger.conftest import a_subject
from tests.support.databases import EITHER


@pytest.fixture(params=EITHER, ids=lambda server: server.__name__)
def database(request, tmp_path):
    with request.param(tmp_path) as url:
        database = Database(url)
        run.migrate(database)
        yield database
        database.close()


def named(session, uid, name):
    return studies.register(session, a_subject(uid, patient=f"N{uid}", name=name))


def found(session, name):
    return [study.study_uid for study in find(session, Criteria(name=name), 50)]


def test_a_study_is_found_by_the_name_it_bears_now_and_no_longer_by_another(database):
    with database.writing() as session:
        named(session, "1.1", "QUIRKLEBY^ANNA MARIA")
        named(session, "1.2", "O'Brien^ŁUKASZ")
        named(session, "1.3", "山田^太郎=やまだ^たろう")
        named(session, "1.4", "")
        assert found(session, "quirk") == found(session, "maria ann") == ["1.1"]
        assert found(session, "lukasz OBrien") == found(session, "o brien") == ["1.2"]
        assert found(session, "山田") == ["1.3"]
        named(session, "1.1", "STRUTHERS^ANNA")
        assert found(session, "quirkleby") == found(session, "maria") == []
        assert found(session, "struthers ann") == ["1.1"]
        assert [one.study_uid for one in alike_in_sound(session, "Strothers", 9)] == ["1.1"]
        session.execute(text("DELETE FROM study WHERE study_uid = '1.1'"))
        assert found(session, "anna") == []


def test_what_somebody_types_is_words_and_never_the_language_of_the_index(database):
    with database.writing() as session:
        named(session, "1.1", "QUIRKLEBY^ANNA")
        for typed in (
            'quirk" OR "',
            "quirk' | 'x",
            "-",
            "*",
            '"',
            "NOT quirkleby",
            "words : x",
            "a:* & b",
            "NEAR(a b)",
            "\\",
        ):
            assert found(session, typed) in ([], ["1.1"])


SEARCHES = {
    "name": lambda session: find(session, Criteria(name="quirkleby anna"), 50),
    "number": lambda session: find(session, Criteria(numbers=("N1.1",)), 50),
    "birth date": lambda session: find(session, Criteria(birth_date=studies.dicom_date("19700517")), 50),
    "sound": lambda session: alike_in_sound(session, "quirklebee", 50),
}


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
def test_no_search_reads_the_register_from_end_to_end(database, search):
    with database.writing() as session:
        named(session, "1.1", "QUIRKLEBY^ANNA")
    with database.reading() as session:
        if not database.is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))  # with one row it would not look for an index
        asked = statements(database, lambda: search(session))
        steps = [step for statement in asked for step in plan(session, *statement)]
    assert any("study" in step for step in steps)
    assert [step for step in steps if re.search(r"^SCAN study$|^SCAN study USING|Seq Scan on study\b", step)] == []


def statements(database, search):
    asked = []

    def note(_connection, _cursor, statement, parameters, *_more):
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    assert len(search()) == 1
    event.remove(database.engine, "before_cursor_execute", note)
    return asked


def plan(session, statement, parameters):
    connection = session.connection()
    how = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    return [row[-1] for row in connection.exec_driver_sql(f"{how} {statement}", parameters)]
