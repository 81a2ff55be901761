"""Who is who: patients by number and issuer, studies by random keys."""

import pytest
from sqlalchemy import select

from consent_portal.ledger import payloads as p
from consent_portal.ledger.scope import Scope, ScopeKind
from consent_portal.policy.load import load_policy
from consent_portal.registers import persons, studies
from consent_portal.registers.rows import StudyRow
from consent_portal.services import consent as commands
from consent_portal.services import queries
from consent_portal.services.decisions import facts_of
from consent_portal.services.target import Target
from tests.consent_portal.ledger.conftest import a_subject, database, template, url
from tests.support.consent import answered, given

__all__ = ["database", "template", "url"]
NHS = "9434765919"


def patients(session, *subjects):
    return [studies.register(session, subject).patient_key for subject in subjects]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"patient": "77"}, {"patient": "77"}, True),
        ({"patient": "77"}, {"patient": "78"}, False),
        ({"patient": "77", "issuer": "A"}, {"patient": "77", "issuer": "B"}, False),
        ({"patient": "77", "issuer": "A"}, {"patient": "77", "issuer": ""}, True),
        ({"patient": "77", "issuer": "Royal  hospital"}, {"patient": "77", "issuer": "ROYAL HOSPITAL"}, True),
        ({"patient": "hosp 00-77"}, {"patient": "HOSP0077"}, True),
        ({"patient": NHS, "issuer": "A"}, {"patient": "943 476 5919", "issuer": "B"}, True),
        ({"patient": "0000000000", "issuer": "A"}, {"patient": "0000000000", "issuer": "B"}, False),
        ({"patient": ""}, {"patient": ""}, False),
        ({"patient": "UNKNOWN"}, {"patient": "unknown"}, False),
        ({"patient": "0000000000"}, {"patient": "0000000000"}, False),
        ({"patient": "000"}, {"patient": "000"}, False),
        ({"patient": "UNKNOWN7"}, {"patient": "UNKNOWN7"}, True),
    ],
)
def test_patients_are_told_apart_by_number_and_issuer(database, one, other, same):
    with database.writing() as session:
        first, second = patients(session, a_subject("1.1", **one), a_subject("1.2", **other))
    assert (first == second) is same


def test_a_study_told_of_again_without_a_number_stays_with_its_patient(database):
    with database.writing() as session:
        first, again = patients(session, a_subject(patient="UNKNOWN"), a_subject(patient="UNKNOWN"))
    assert first == again


def test_a_number_of_two_issuers_is_nobodys_when_the_issuer_is_missing(database):
    with database.writing() as session:
        keys = patients(
            session, a_subject("1.1", issuer="A"), a_subject("1.2", issuer="B"), a_subject("1.3", issuer="")
        )
    assert len(set(keys)) == 3


def test_the_key_in_addresses_tells_nothing_and_stays(database):
    with database.writing() as session:
        first = studies.register(session, a_subject())
        again = studies.register(session, a_subject())
    assert first.key == again.key
    assert first.study_uid not in first.key
    assert repr(first) == f"Study({first.key})"


def test_printing_a_subject_shows_nobody():
    shown = repr(a_subject())
    for secret in ("QUIRKLEBY", "HOSP-77", "19700517", "ACC-1", "1.2.826"):
        assert secret not in shown


def test_a_study_first_known_without_its_patient_gets_one_and_keeps_its_consent(database):
    nobody = a_subject(patient="", birth="", name="")
    with database.writing() as session:
        before = studies.register(session, nobody)
        commands.record(session, Target.study(before.patient_key, before.study_uid), given("record,teaching"), "me")
        studies.register(session, a_subject("1.9"))
        after = studies.register(session, a_subject())
        assert str(queries.status(session, after).state("teaching")) == "accepted"
        assert after.patient_key == studies.by_uid(session, "1.9").patient_key


def test_a_patient_wide_refusal_covers_a_study_never_seen_before(database):
    with database.writing() as session:
        seen = studies.register(session, a_subject("1.1"))
        commands.refuse(session, Target(seen.patient_key, Scope.patient()), p.Refused(), "me")
    with database.reading() as session:
        unseen = studies.known(session, a_subject("1.2"))
        assert unseen.key == ""
        assert answered("teaching", facts_of(session, unseen, load_policy())) == "deny"


def test_a_patient_wide_consent_does_not_cover_a_study_with_another_date_of_birth(database):
    policy = load_policy()
    with database.writing() as session:
        seen = studies.register(session, a_subject("1.1"))
        commands.record(session, Target.from_study(seen, Scope.patient()), given("record,teaching"), "me")
        same = studies.register(session, a_subject("1.2"))
        other = studies.register(session, a_subject("1.3", birth="19990101"))
        assert answered("teaching", facts_of(session, same, policy)) == "permit D3"
        assert answered("teaching", facts_of(session, other, policy)) == "ask"
        assert other.patient.birth_date == "19990101"


def test_a_studys_own_consent_stands_although_other_studies_disagree_on_the_patient(database):
    with database.writing() as session:
        studies.register(session, a_subject("1.1"))
        other = studies.register(session, a_subject("1.3", birth="19990101"))
        commands.record(session, Target.study(other.patient_key, "1.3"), given("record,teaching"), "me")
        assert answered("teaching", facts_of(session, other, load_policy())) == "permit D3"


def test_a_study_that_gets_another_patient_takes_the_refusals_along_and_no_consent(database):
    policy = load_policy()
    with database.writing() as session:
        for uid in ("1.1", "1.2"):
            wrong = studies.register(session, a_subject(uid))
        commands.record(session, Target.study(wrong.patient_key, "1.1"), given("record,teaching"), "me")
        right = a_subject("1.1", patient="HOSP-99", birth="19990101")
        assert studies.known(session, right).former_patients == (wrong.patient_key,)
        moved = studies.register(session, right)
        assert moved.former_patients == (wrong.patient_key,)
        assert answered("teaching", facts_of(session, moved, policy)) == "ask"
        commands.refuse(session, Target(wrong.patient_key, Scope.patient()), p.Refused(), "me")
        assert answered("teaching", facts_of(session, moved, policy)) == "deny"
        back = studies.register(session, a_subject("1.1"))
        assert back.patient_key == wrong.patient_key not in back.former_patients


def test_an_episode_that_a_form_names_holds_its_study_and_never_two(database):
    with database.writing() as session:
        known = studies.register(session, a_subject("1.1"))
        episode = Scope(kind=ScopeKind.EPISODE, episode="E-1")
        commands.record(session, Target(known.patient_key, episode), given("record,teaching"), "me")
        assert str(queries.status(session, known).state("teaching")) == "not asked"
        assert studies.put_in_episode(session, known.key, "E-1")
        assert str(queries.status(session, studies.by_uid(session, "1.1")).state("teaching")) == "accepted"
        assert not studies.put_in_episode(session, known.key, "E-2")


@pytest.mark.parametrize("text", ["20240312", "2024.03.12", "2024-03-12", " 20240312 "])
def test_dates_are_read_in_each_of_dicoms_forms(text):
    assert studies.dicom_date(text).isoformat() == "2024-03-12"


@pytest.mark.parametrize("text", ["", "unknown", "20241312", "2024"])
def test_what_is_no_date_is_none(text):
    assert studies.dicom_date(text) is None


def test_text_that_no_column_holds_is_cut_and_numbers_are_never_made_alike(database):
    with database.writing() as session:
        one = studies.register(
            session, a_subject("1.1", patient="7" * 80, birth="19700517\0\0 or so", name="A\0" * 300)
        )
        other = studies.register(session, a_subject("1.2", patient="7" * 81))
        assert one.patient_key != other.patient_key
        row = session.get(StudyRow, one.key)
        for name, column in StudyRow.__table__.columns.items():
            text = str(getattr(row, name))
            assert len(text) <= (getattr(column.type, "length", None) or 10**6), name
            assert "\0" not in text


def test_what_a_session_has_not_written_yet_counts_when_its_tables_are_asked(database):
    with database.writing() as session:
        studies.register(session, a_subject())
        row = session.scalars(select(StudyRow)).one()
        row.patient_name = "OTHERWISE^ANNA"
        told = persons.members(session, [row.patient_key])
        assert {one.details.name for one in told} == {"OTHERWISE^ANNA", "QUIRKLEBY^ANNA"}
