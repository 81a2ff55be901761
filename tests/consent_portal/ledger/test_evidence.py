"""Every row that is evidence, or decides whose consent counts, is proven (section 8 of the assurance cases)."""

import json
import shutil
import sqlite3
import sys

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st
from sqlalchemy import text

from consent_portal.accounts import Role, User, placeholder_email
from consent_portal.database import Database
from consent_portal.ledger import evidence, journal, store
from consent_portal.ledger import payloads as p
from consent_portal.ledger.anchor import AnchorFile, append_line, key_of
from consent_portal.ledger.chain import HASHED, STORED, body_of, canonical, link
from consent_portal.ledger.continuity import Continuity
from consent_portal.ledger.rows import DecisionRow, DisclosureRow
from consent_portal.ledger.scope import Scope
from consent_portal.registers import studies
from consent_portal.registers.rows import ApprovalRow, RecipientRow
from consent_portal.review.rows import ImageReviewRow
from consent_portal.services import comparing, consent, events_beside, verifying
from consent_portal.services.target import Target
from consent_portal.tasks.rows import RecallRow
from consent_portal.tasks.tablets import SignedAnswerRow
from tests.consent_portal.ledger.conftest import a_subject
from tests.support.consent import given
from tests.support.postgres import running_postgres

BACKENDS = ["sqlite", "postgresql"]
SHAPE = evidence.shape_of("decision")


@pytest.fixture(scope="module")
def server():
    with running_postgres() as url:
        yield url


@pytest.fixture(params=BACKENDS)
def filled(request, tmp_path, url):
    """A ledger with a bit of everything, and the home's word of how far it had come."""
    if request.param == "postgresql":
        url = fresh_postgres(request.getfixturevalue("server"))
    database = Database(url)
    continuity = Continuity(database, AnchorFile(tmp_path / "anchor", key_of("secret")))
    continuity.adopt()
    continuity.attach()
    fill(database)
    yield continuity
    database.close()


def fresh_postgres(server):
    from consent_portal.migrations.run import migrate  # noqa: PLC0415

    database = Database(server)
    with database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    migrate(database)
    database.close()
    return server


def fill(database, *, before_images=False):
    """Write something into each table that is evidence; before there were held images, nothing about them."""
    with database.writing() as session:
        study = studies.register(session, a_subject())
        studies.register(session, a_subject("1.2.3", "HOSP-78", name="OTHER^B", accession="A-2"))
        target = Target.study(study.patient_key, study.study_uid)
        consent.record(session, target, given("record,teaching"), "illustrator")
        consent.withdraw(session, target, p.Withdrawn(), "receptionist")
        session.add(decision("d-1"))
        session.add_all(in_the_registers())
        session.add_all([] if before_images else [_image_review()])
        session.add(DisclosureRow(id="x-1", key="k", digest="0" * 64, kind="release", recorded_at="2025-01-01", seq=1))
        journal.note(session, journal.Access("dr", "clinician", "care-read", study.key, study.patient_key))
        user = User(username="jo", email=placeholder_email("jo"), password="hash", active=True, fs_uniquifier="u")
        session.add(user)
        session.flush()
        user.roles = [Role(name="trainer", description="")]


def in_the_registers():
    by = {"updated_at": "2025-01-01", "updated_by": "admin"}
    recalled = dict.fromkeys(("released_event", "withdrawn_event", "disclosure", "patient_key", "study_uid"), "x")
    return [
        RecipientRow(key="r" * 80, name="Elsewhere", kind="research", secure_environment=True, keep_until_days=9, **by),
        ApprovalRow(key="ethics-1", kind="ethics", title="A study", **by),
        RecallRow(id="c-1", opened_at="2025-01-01", recipient="self", purpose="teaching", **recalled),
        SignedAnswerRow(event="s-1", sealed="sealed"),
    ]


def _image_review():
    told = dict.fromkeys(("held", "image", "basis", "study_key", "act", "reason", "by", "role"), "x")
    return ImageReviewRow(
        id="i-1", outcome="withhold", areas='[{"left":1}]', no_face=False, recognisable=True, at="2025-01-01",
        ledger_head=2, **told,
    )  # fmt: skip


def decision(number):
    told = dict.fromkeys(("intent", "user", "role", "purpose", "recipient", "policy_version"), "x")
    return DecisionRow(
        id=number, decided_at="2025-01-01", outcome="deny", request_digest="0" * 64, request="{}", subjects="[]",
        answer="{}", **told,
    )  # fmt: skip


def tampered(continuity, *statements):
    """Change the database as its owner could: with the triggers off while it is done, and back on afterwards."""
    database = continuity.database
    if not database.is_sqlite:
        with database.engine.begin() as connection:
            connection.execute(text("SET session_replication_role = replica"))
            for statement in statements:
                connection.execute(text(statement))
            connection.execute(text("SET session_replication_role = DEFAULT"))
        return
    with sqlite3.connect(database.engine.url.database) as connection:
        made = list(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        for name, _ in made:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in made:
            connection.execute(sql)
    connection.close()


def faults(continuity, **more):
    return " | ".join(verifying.examine(continuity, **more).faults)


def test_what_nobody_touched_is_whole(filled):
    report = verifying.examine(filled)
    assert (report.faults, report.events.count) == ((), 2)
    assert report.pieces >= 9


CHANGES = {
    "an edited outcome": ("UPDATE decision SET outcome = 'permit'", "decision d-1 is not as it was recorded"),
    "a decision taken out": ("DELETE FROM decision", "decision d-1 is gone"),
    "emptied disclosures": ("DELETE FROM disclosure", "disclosure x-1 is gone"),
    "an emptied access journal": ("DELETE FROM access_entry", "entry of the access journal 1 is gone"),
    "a study re-pointed to another patient": (
        "UPDATE study SET patient_key = (SELECT key FROM patient WHERE key <> study.patient_key) "
        "WHERE accession = 'ACC-1'",
        "study ",
    ),
    "a number re-pointed to another patient": (
        "UPDATE patient_identifier SET patient_key = (SELECT key FROM patient WHERE key <> "
        "patient_identifier.patient_key) WHERE value = 'HOSP77'",
        "number of a patient",
    ),
    "another date of birth": ("UPDATE patient SET birth_date = '20200101'", "patient "),
    "details that fit another person": ("UPDATE study SET birth_date = '20200101'", "study "),
    "details that were never contradicted": ("UPDATE study SET details_version = 7", "study "),
    "a number that is said to be another's": ("UPDATE patient SET same_number_as = 'x'", "patient "),
    "forgotten refusals of a former number": ("UPDATE study SET former_patients = '[\"x\"]'", "study "),
    "another accession number": ("UPDATE study SET accession = 'ACC-9' WHERE accession = 'ACC-1'", "study "),
    "another date of the study": ("UPDATE study SET date = '20200101'", "study "),
    "other contents of a study": ("UPDATE study SET contents = '[]'", "study "),
    "another name of a study": ("UPDATE study SET patient_name = 'X'", "study "),
    "a study that was never separated": ("UPDATE study SET separated_from = 'x'", "study "),
    "a recipient elsewhere": ("UPDATE recipient SET country = 'GB'", "recipient rrr"),
    "a recipient let in again": ("UPDATE recipient SET closed = NOT closed", "recipient rrr"),
    "a prolonged approval": ("UPDATE approval SET valid_to = '2999-01-01'", "approval ethics-1 is not as it was"),
    "a recall that nobody confirmed": ("UPDATE recall SET status = 'confirmed'", "recall c-1 is not as it was"),
    "a recall taken out": ("DELETE FROM recall", "recall c-1 is gone"),
    "another signature": ("UPDATE signed_answer SET sealed = 'x'", "signed answer s-1 is not as it was recorded"),
    "another decision about an image": (
        "UPDATE image_review SET outcome = 'release'",
        "decision about an image i-1 is not as it was recorded",
    ),
    "areas taken off an image": (
        "UPDATE image_review SET areas = '[]'",
        "decision about an image i-1 is not as it was",
    ),
    "a decision about an image taken out": ("DELETE FROM image_review", "decision about an image i-1 is gone"),
    "another password": ("UPDATE account SET password = 'mine'", "account 1 is not as it was recorded"),
    "another role": ("UPDATE account_role SET name = 'caldicott-guardian'", "account 1 is not as it was recorded"),
    "a decision written past the portal": (
        "INSERT INTO decision SELECT 'd-2', decided_at, intent, job, \"user\", role, purpose, recipient, outcome, "
        "profile, policy_version, request_digest, request, subjects, answer FROM decision",
        "1 rows of the table decision were written past the portal",
    ),
    "an edited event": ("UPDATE ledger_event SET recorded_by = 'x' WHERE seq = 2", "event 2 is not as it was written"),
    "a cut-off end": ("DELETE FROM ledger_event WHERE seq = 2", "ends at event 1; this home had reached event 2"),
    "a cut-off end of the evidence": (
        "DELETE FROM evidence WHERE seq = (SELECT MAX(seq) FROM evidence)",
        "The evidence of decisions, releases and looks is not what this home had reached",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_behind_the_portals_back_is_found(filled, change):
    statement, told = CHANGES[change]
    tampered(filled, statement)
    assert told in faults(filled)


@pytest.mark.parametrize("change", ["nothing", "an edited event", "an edited outcome"])
@pytest.mark.parametrize("python", [sys.executable, shutil.which("true")])
def test_a_second_process_finds_the_same_and_may_fail(filled, change, python, monkeypatch):
    monkeypatch.setattr(events_beside, "WORTH_IT", 1)
    monkeypatch.setattr(events_beside, "CORES", 1)
    monkeypatch.setattr(sys, "executable", python)
    statement, told = CHANGES.get(change, ("SELECT 1", ""))
    tampered(filled, statement)
    report = verifying.examine(filled)
    assert told in " | ".join(report.faults)
    assert report.whole == (change == "nothing")
    assert report.events.count == (1 if change == "an edited event" else 2)


def test_a_row_put_back_to_what_it_was_before_it_changed_is_found(filled):
    def episode(number):
        with filled.database.writing() as session:
            assert studies.put_in_episode(session, studies.by_uid(session, "1.2.3").key, number)

    episode("E-1")
    assert faults(filled) == ""
    tampered(filled, "UPDATE study SET episode = '' WHERE study_uid = '1.2.3'")
    assert "is not as it was recorded" in faults(filled)


@pytest.mark.parametrize("at_once", [1, 2, 5000])
def test_rows_and_evidence_in_another_order_are_compared_all_the_same(filled, at_once, monkeypatch):
    numbers = [f"o-{number}" for number in range(7)]
    rows = [{name: getattr(decision(number), name) for name in SHAPE.columns} for number in numbers]
    with filled.database.writing() as session:
        session.execute(DecisionRow.__table__.insert(), rows)
        facts = [("decision", row["id"], 1, evidence.digest("decision", 1, row)) for row in rows]
        evidence.add(session, [*facts[3:], *reversed(facts[:3])])
    monkeypatch.setattr(comparing, "AT_ONCE", at_once)
    assert faults(filled) == ""
    tampered(filled, "UPDATE decision SET user = 'x2' WHERE id = 'o-5'" if filled.database.is_sqlite else
             "UPDATE decision SET \"user\" = 'x2' WHERE id = 'o-5'")  # fmt: skip
    assert faults(filled) == "decision o-5 is not as it was recorded"


def test_each_piece_of_evidence_of_a_row_that_never_changes_counts(filled):
    with filled.database.writing() as session:
        evidence.add(session, [("decision", "d-1", 1, "0" * 64)])
        row = {name: getattr(decision("d-1"), name) for name in SHAPE.columns}
        evidence.add(session, [("decision", "d-1", 1, evidence.digest("decision", 1, row))])
    assert faults(filled) == "decision d-1 is not as it was recorded"


def test_what_is_written_while_the_record_is_walked_is_no_fault(filled, monkeypatch):
    def write(_done, _total):
        with filled.database.writing() as session:
            session.add(decision(f"w-{len(written)}"))
        written.append(1)

    written = []
    monkeypatch.setattr(verifying, "EVERY", 1)
    assert verifying.examine(filled, progress=write).faults == ()
    assert len(written) > 2
    assert faults(filled) == ""


def test_a_chain_that_was_computed_anew_without_the_withdrawal_is_found(filled):
    with filled.database.reading() as session:
        row = next(row for row in store.walk(session) if row["seq"] == 2)
    row["payload"] = json.dumps({**json.loads(row["payload"]), "levels": ["print"]})
    tampered(
        filled,
        f"UPDATE ledger_event SET payload = '{row['payload']}', hash = '{link(row, row['prev_hash'])}' WHERE seq = 2",
    )
    with filled.database.reading() as session:
        assert store.verify_ledger(session).whole
    assert "Event 2 is not the one that this home recorded" in faults(filled)


def test_dropped_triggers_are_found(filled):
    sqlite = filled.database.is_sqlite
    name = "decision_no_update" if sqlite else "decision_no_change"
    with filled.database.engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER {name}" + ("" if sqlite else " ON decision")))
    assert faults(filled) == f"the trigger {name} of the table decision was dropped"


def test_a_trigger_that_was_emptied_is_found(filled):
    with filled.database.engine.begin() as connection:
        if filled.database.is_sqlite:
            connection.execute(text("DROP TRIGGER evidence_no_delete"))
            connection.execute(text("CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence BEGIN SELECT 1; END"))
        else:
            connection.execute(text("ALTER TABLE evidence DISABLE TRIGGER evidence_no_change"))
    assert "is not as it was made" in faults(filled)


def test_a_study_that_moves_by_the_portal_is_no_fault_and_neither_is_an_account_that_changes(filled):
    with filled.database.writing() as session:
        moved = studies.register(session, a_subject(patient="HOSP-78"))
        assert moved.former_patients
        user = session.query(User).one()
        user.active = False
        session.flush()
        session.delete(user)
    assert faults(filled) == ""


@pytest.mark.parametrize("change", ["closed", "another password", "another role", "opened", "deleted"])
def test_an_account_never_changes_without_what_proves_it(filled, change):
    accounts = filled.database.accounts()
    user = accounts.query(User).one()
    if change == "closed":
        user.active = False
    elif change == "another password":
        user.password = "rehashed"
    elif change == "another role":
        user.roles = []
    elif change == "opened":
        accounts.add(User(username="al", email=placeholder_email("al"), active=True, fs_uniquifier="v"))
    else:
        accounts.delete(user)
    with pytest.raises(RuntimeError, match="together with what proves it"):
        accounts.flush()
    filled.database.accounts.remove()
    assert faults(filled) == ""
    with filled.database.reading() as session:
        assert [(one.username, one.active, one.password, one.role) for one in session.query(User)] == [
            ("jo", True, "hash", "trainer")
        ]


def test_the_line_that_was_kept_elsewhere_is_compared_too(filled, tmp_path):
    copy = tmp_path / "elsewhere"
    copy.write_text(filled.file.read().line(key_of("secret")) + "\n", encoding="utf-8")
    assert faults(filled, copy=copy) == ""
    tampered(filled, "DELETE FROM ledger_event WHERE seq = 2")
    filled.begin_anew()  # whoever owns the home has written its anchor anew
    assert "compared with the line kept elsewhere: This ledger ends at event 1" in faults(filled, copy=copy)


def test_what_is_recorded_and_kept_elsewhere_while_the_record_is_walked_is_no_fault(filled, tmp_path, monkeypatch):
    copy = tmp_path / "elsewhere"
    append_line(copy, filled.file.read(), filled.file.key)
    monkeypatch.setattr(verifying, "EVERY", 1)
    seen = []

    def record_meanwhile(done, _total):
        if not seen:
            with filled.database.writing() as session:
                consent.record(session, Target("p", Scope.study("1.2.9")), given("teaching"), "me")
            append_line(copy, filled.file.read(), filled.file.key)
        seen.append(done)

    assert faults(filled, copy=copy, progress=record_meanwhile) == ""
    assert seen
    assert faults(filled, copy=copy) == ""


texts = st.text(st.characters(codec="utf-8"), max_size=30)


@given_any(st.lists(texts, min_size=len(STORED), max_size=len(STORED)), st.one_of(st.none(), texts), st.integers(1))
def test_the_fast_form_of_an_event_is_the_one_that_was_hashed(values, about, seq):
    row = {**dict(zip(STORED, values, strict=True)), "seq": seq, "supersedes": about}
    assert body_of([row[name] for name in STORED]) == canonical({name: row[name] for name in HASHED})
