"""Whatever departments, people and studies there are: each person loads what is theirs or nobody's, no more."""

import shutil
import uuid
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent_portal.clock import to_text, utc_now
from consent_portal.database import Database, sight_of_request
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.events import EventType
from consent_portal.migrations.run import migrate
from consent_portal.registers import finding, studies
from consent_portal.registers.departments import UNKNOWN, Departments, Marks, Rule, folded, packed
from consent_portal.registers.finding import Criteria
from consent_portal.registers.rows import StudyRow
from consent_portal.registers.sight import Sight
from consent_portal.services import consent as commands
from consent_portal.services import queries
from consent_portal.services.target import Target
from consent_portal.tasks import asks, recalls
from consent_portal.tasks.rows import RecallRow
from consent_portal.tasks.sight import narrow
from tests.consent_portal.ledger.conftest import a_subject

NOW, BEFORE = "now", "before"
SOME = st.frozensets(st.sampled_from(["heart", "heart-2", "skin", "eye"]), max_size=2)
STUDIES = st.lists(
    st.tuples(st.sampled_from(["HOSP-1", "HOSP-2"]), SOME, st.sampled_from([NOW, NOW, NOW, BEFORE, UNKNOWN])),
    min_size=2,
    max_size=5,
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a function that gives a new ledger."""
    template = tmp_path_factory.mktemp("template") / "portal.sqlite"
    first = Database(f"sqlite:///{template}")
    migrate(first)
    first.close()

    def made():
        path = tmp_path_factory.mktemp("sight") / "portal.sqlite"
        shutil.copy(template, path)
        return Database(f"sqlite:///{path}")

    narrow()
    return made


def filled(database, told):
    """Register the studies, each with a consent, a question about it and the next one, and a copy called back."""
    with database.writing() as session:
        made = [studies.register(session, a_subject(f"1.{n}", one[0], accession=f"A{n}")) for n, one in enumerate(told)]
        for study, (_patient, of, state) in zip(made, told, strict=True):
            row = session.get_one(StudyRow, study.key)
            row.departments = UNKNOWN if state == UNKNOWN else packed(of)
            row.departments_by = BEFORE if state == BEFORE else NOW
            commands.refuse(session, Target.study(study.patient_key, study.study_uid), p.Refused(levels=()), "test")
            session.add(_recall(study))
        for pair in pairwise(made):
            asks.open_ask(session, _wanted([study.key for study in pair]))
    return made


def _recall(study):
    return RecallRow(
        id=str(uuid.uuid4()), opened_at=to_text(utc_now()), released_event=str(uuid.uuid4()), withdrawn_event="w",
        disclosure="d", patient_key=study.patient_key, study_uid=study.study_uid, requested_by="somebody",
        recipient="self", purpose="teaching", status="open", note="",
    )  # fmt: skip


def _wanted(keys):
    return asks.Wanted(
        decision="", requested_by="somebody", role="clinician", purpose="print", recipient="self", studies=tuple(keys),
        questions=(), reasons=(), reason_given="", digest=str(uuid.uuid4()),
    )  # fmt: skip


@settings(max_examples=25)
@given(told=STUDIES, own=SOME)
def test_a_person_loads_what_is_theirs_and_what_is_nobodys(place, told, own):
    database = place()
    made = filled(database, told)
    theirs = {
        study.study_uid
        for study, (_patient, of, state) in zip(made, told, strict=True)
        if state == NOW and (not of or of & own)
    }
    token = sight_of_request.set(Sight("reader", own, NOW))
    try:
        with database.reading() as session:
            assert {one.study_uid for one in made if studies.by_key(session, one.key)} == theirs
            assert {one.study_uid for one in made if studies.by_uid(session, one.study_uid)} == theirs
            assert {one.study_uid for one in studies.of_patients(session, [one.patient_key for one in made])} == theirs
            found = finding.find(session, Criteria(name="quirkleby"), max(len(theirs), 1))
            assert {one.study_uid for one in found} == theirs
            assert {one.study_uid for one in recalls.waiting(session)} == theirs
            events = store.events_of_type(session, EventType.REFUSED)
            assert {event.scope.study_uid for event in events} == theirs
            seen = {study.key for study in made if study.study_uid in theirs}
            assert all(set(ask.studies) <= seen for ask in asks.waiting(session))
            assert len(asks.waiting(session)) == sum({one.key, other.key} <= seen for one, other in pairwise(made))
            counted = {one.key: str(queries.status(session, one).levels) for one in made}
        with database.reading(whole=True) as session:
            assert {event.scope.study_uid for event in store.events_of_type(session, EventType.REFUSED)} == {
                one.study_uid for one in made
            }
            assert counted == {one.key: str(queries.status(session, one).levels) for one in made}
    finally:
        sight_of_request.reset(token)
        database.close()


def test_what_others_closed_last_does_not_push_ones_own_off_the_list(place):
    database = place()
    mine, theirs = filled(database, [("HOSP-1", frozenset(), NOW), ("HOSP-2", frozenset({"skin"}), NOW)])
    with database.writing() as session:
        for number in range(5):
            opened = asks.open_ask(session, _wanted([theirs.key if number else mine.key]))
            asks.close(session, opened.id, "no answer", "test", "")
    token = sight_of_request.set(Sight("reader", frozenset({"heart"}), NOW))
    try:
        with database.reading() as session:
            assert [one.studies for one in asks.closed(session, limit=2)] == [(mine.key,)]
    finally:
        sight_of_request.reset(token)
        database.close()


def test_a_series_is_a_departments_when_it_fits_one_whole_rule():
    rules = {
        "heart": (Rule({"department": frozenset({folded("Heart  Unit")})}),),
        "skin": (Rule({"modality": frozenset({"xc"}), "station": frozenset({folded("SKIN-CAM")})}),),
    }
    site = Departments(rules, {})
    assert site.of([Marks(department=folded("HEART-UNIT"))]) == {"heart"}
    assert site.of([Marks(modality="xc"), Marks(station="skin cam")]) == frozenset()
    assert site.of([Marks(modality="xc", station="skin cam"), Marks(department="heart unit")]) == {"heart", "skin"}
    assert site.of([]) == site.of([Marks()]) == frozenset()
    assert site.version != Departments({"heart": rules["heart"]}, {}).version
