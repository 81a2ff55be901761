"""Record, amend and withdraw consent at the pages."""

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from wtforms.validators import ValidationError

from consent_portal.ledger.events import EventType
from consent_portal.ledger.scope import ScopeKind
from consent_portal.registers import studies
from consent_portal.web.frame import fields as base
from tests.support.clocks import today
from tests.support.patience import PATIENCE


@pytest.fixture
def illustrator(portal):
    return portal.reader("medical-illustration")


def test_consent_is_recorded_as_it_was_given(portal, illustrator, said):
    study = portal.photo
    page = illustrator.send(f"/studies/{study.key}/record", **said, explained_by="Nurse Li", witness="Mr Hall")
    assert "The consent is recorded." in page.get_data(as_text=True)
    (event,) = portal.events()
    given = event.payload
    assert event.type is EventType.GIVEN
    assert event.recorded_by == "medical-illustration"
    assert {str(level): str(state) for level, state in given.levels.items()} == {
        "record": "accepted",
        "teaching": "accepted",
        "print": "not chosen",
        "internet": "declined",
    }
    assert (given.requesting_clinician, given.discussed_on) == ("Dr Okafor", date(2025, 6, 5))
    assert (given.explained_by, given.witness, given.manner) == ("Nurse Li", "Mr Hall", "written")
    assert (given.form_version, given.leaflet_version) == ("CF-7", "L-3")
    assert event.scope.kind is ScopeKind.STUDY


def test_the_study_page_shows_the_four_labels_word_for_word_with_their_states(portal, illustrator, said):
    study = portal.photo
    illustrator.send(f"/studies/{study.key}/record", **said)
    page = re.sub(r"<[^>]+>", " ", illustrator.open(f"/studies/{study.key}").get_data(as_text=True))
    words = " ".join(page.replace("&amp;", "&").split())
    assert "Level 1 Record only Agreed" in words
    assert "Level 2 Teaching, examination & other educational purposes Agreed" in words
    assert "Level 3 Publication in printed materials Not chosen" in words
    assert "Level 4 Publication on the internet for educational purposes Declined" in words


def test_nothing_is_preselected_among_the_levels(portal, illustrator):
    page = illustrator.open(f"/studies/{portal.photo.key}/record").get_data(as_text=True)
    levels = re.findall(r'<input type="radio"[^>]*name="level_[^>]*>', page)
    assert len(levels) == 12
    assert not [one for one in levels if "checked" in one]


REQUIRED = {
    "right_patient": "Confirm that this is the right patient.",
    "level_print": "Publication in printed materials",
    "requesting_clinician": "Enter the requesting clinician",
    "discussed_on": "Enter the date of the discussion.",
    "grantor": "Choose who gave this answer.",
    "capacity": "Choose whether the patient could make this decision.",
    "manner": "Choose whether it was given in writing or orally.",
    "scope": "Choose what this covers.",
}


@pytest.mark.parametrize("field", REQUIRED)
def test_a_form_with_something_missing_is_not_recorded_and_says_what(portal, illustrator, said, field):
    fields = {name: value for name, value in said.items() if name != field}
    page = illustrator.send(f"/studies/{portal.photo.key}/record", **fields).get_data(as_text=True)
    assert "There is a problem" in page
    assert f'href="#{field}"' in page
    assert REQUIRED[field] in page.replace("&#39;", "'")
    assert portal.events() == []


def test_the_first_hour_of_a_summer_day_in_the_united_kingdom_is_that_day(portal, monkeypatch):
    monkeypatch.setattr(base, "utc_now", lambda: datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    label = SimpleNamespace(text="Date of the discussion")
    with portal.app.test_request_context():
        base.NotInFuture()(None, SimpleNamespace(data=date(2026, 7, 1), label=label))
        with pytest.raises(ValidationError, match="today or in the past"):
            base.NotInFuture()(None, SimpleNamespace(data=date(2026, 7, 2), label=label))


SUE = {"grantor_name": "Sue", "grantor_evidence": "Order 1"}
WRONG = {
    "a clinician of nothing but spaces": ({"requesting_clinician": "   "}, "requesting_clinician"),
    "a discussion tomorrow": ({"discussed_on": (today() + timedelta(days=2)).isoformat()}, "discussed_on"),
    "a day that there is not": ({"discussed_on": "31/02/2025"}, "discussed_on"),
    "a year with a digit too few": ({"discussed_on": "0202-05-06"}, "discussed_on"),
    "a representative without a name": ({"grantor": "deputy", "grantor_evidence": "Court order 1"}, "grantor_name"),
    "a representative without authority": ({"grantor": "deputy", "grantor_name": "Sue"}, "grantor_evidence"),
    "a patient who could not decide": ({"capacity": "no", "capacity_assessor": "Dr Li"}, "capacity"),
    "a parent of somebody grown up": ({**SUE, "grantor": "parental-responsibility"}, "grantor"),
    "an attorney of a patient who can decide": ({**SUE, "grantor": "lasting-power-of-attorney"}, "capacity"),
    "no assessor of capacity": (
        {"capacity": "no", "grantor": "deputy", "grantor_name": "Sue", "grantor_evidence": "Order 1"},
        "capacity_assessor",
    ),
    "one series without saying which": ({"scope": "series"}, "series"),
    "a series that is not of this study": ({"scope": "series", "series": "1.2.3"}, "series"),
    "an episode without its number": ({"scope": "episode"}, "episode"),
    "an end before the beginning": ({"valid_to": "2020-01-01"}, "valid_to"),
    "an answer that there is not": ({"level_print": "perhaps"}, "level_print"),
    "far too long a condition": ({"conditions": "x" * 1001}, "conditions"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_is_not_recorded(portal, illustrator, said, what):
    change, field = WRONG[what]
    page = illustrator.send(f"/studies/{portal.photo.key}/record", **{**said, **change}).get_data(as_text=True)
    assert f'href="#{field}"' in page
    assert portal.events() == []


def test_nothing_typed_is_lost_when_something_is_missing(portal, illustrator, said):
    typed = {**said, "requesting_clinician": "", "conditions": "Not on <posters>", "witness": 'Ann "Nan" Hall'}
    page = illustrator.send(f"/studies/{portal.photo.key}/record", **typed).get_data(as_text=True)
    assert "Not on &lt;posters&gt;" in page
    assert "Ann &#34;Nan&#34; Hall" in page
    assert 'value="2025-06-05"' in page
    assert re.search(r'name="level_teaching" value="yes" checked', page)
    assert re.search(r'name="level_internet" value="no" checked', page)


def test_consent_of_a_representative_names_the_authority(portal, illustrator, said):
    deputy = {"grantor": "deputy", "grantor_name": "Sue Hall", "grantor_evidence": "Court order 12"}
    unable = {"capacity": "best interests", "capacity_assessor": "Dr Li"}
    illustrator.send(f"/studies/{portal.photo.key}/record", **{**said, **deputy, **unable})
    (event,) = portal.events()
    assert (str(event.payload.grantor.kind), event.payload.grantor.name) == ("deputy", "Sue Hall")
    assert str(event.payload.capacity.answer) == "best interests"


def test_consent_for_an_episode_counts_for_the_study_it_was_recorded_at_and_not_for_two_episodes(
    portal, illustrator, said
):
    study = portal.photo
    illustrator.send(f"/studies/{study.key}/record", **{**said, "scope": "episode", "episode": "E-1"})
    assert portal.state(portal.photo, "teaching") == "accepted"
    other = {**said, "scope": "episode", "episode": "E-2"}
    assert "another episode" in illustrator.send(f"/studies/{study.key}/record", **other).get_data(as_text=True)
    assert len(portal.events()) == 1


def test_consent_for_one_series_does_not_cover_the_study(portal, illustrator, said):
    study = portal.photo
    page = illustrator.open(f"/studies/{study.key}/record").get_data(as_text=True)
    series = re.search(r'<option value="([0-9.]+)">[^<]*Forearm', page).group(1)
    illustrator.send(f"/studies/{study.key}/record", **{**said, "scope": "series", "series": series})
    assert portal.events()[0].scope.series_uid == series
    assert portal.state(study, "teaching") != "accepted"


def test_an_amendment_adds_a_record_and_leaves_the_earlier_one_alone(portal, illustrator, said):
    study = portal.photo
    illustrator.send(f"/studies/{study.key}/record", **said)
    changed = {**said, "level_record": "not-chosen", "level_teaching": "not-chosen", "level_print": "yes",
               "level_internet": "not-chosen", "amend_reason": "The patient agreed to the textbook"}  # fmt: skip
    page = illustrator.open(f"/studies/{study.key}/amend").get_data(as_text=True)
    assert "Recorded now: Agreed" in page
    assert "Leave as it is" in page
    illustrator.send(f"/studies/{study.key}/amend", **changed)
    first, second = portal.events()
    assert (second.type, second.supersedes) == (EventType.AMENDED, first.id)
    assert second.payload.reason == "The patient agreed to the textbook"
    states = {level: portal.state(study, level) for level in ("teaching", "print", "internet")}
    assert states == {"teaching": "accepted", "print": "accepted", "internet": "declined"}


def test_there_is_nothing_to_amend_before_consent_was_recorded(portal, illustrator, said):
    page = illustrator.send(f"/studies/{portal.photo.key}/amend", **said, amend_reason="Changed").get_data(as_text=True)
    assert "There is no recorded consent to amend" in page
    assert portal.events() == []


TAKEN_BACK = {
    "right_patient": "y",
    "everything": "all",
    "told_by": "patient",
    "told_on": "2026-01-02",
    "received": "by telephone",
    "scope": "study",
    "reason": "Changed their mind",
}


@pytest.mark.parametrize("role", ["medical-illustration", "clinician", "caldicott-guardian"])
def test_whoever_is_told_can_record_a_withdrawal_and_it_closes_the_uses(portal, illustrator, said, role):
    study = portal.photo
    illustrator.send(f"/studies/{study.key}/record", **said)
    assert portal.state(study, "teaching") == "accepted"
    fields = {**TAKEN_BACK, "told_on": today().isoformat()}
    page = portal.reader(role).send(f"/studies/{study.key}/withdraw", **fields).get_data(as_text=True)
    assert "Nothing to call back." in page
    assert portal.state(study, "teaching") == "withdrawn"
    assert portal.state(study, "record") == "accepted"
    asked = portal.engine.request("clinician", "clinician", "teaching")
    assert portal.engine.ask(portal.subject(portal.archive.photo), asked)["outcome"] == "deny"


def test_withdrawing_takes_no_more_pages_and_no_more_answers_than_recording(portal, illustrator):
    study = portal.photo
    needed = {}
    for page in ("record", "withdraw"):
        answer = illustrator.send(f"/studies/{study.key}/{page}").get_data(as_text=True)
        needed[page] = len(re.findall(r'<li><a href="#', answer))
    assert 0 < needed["withdraw"] <= needed["record"]
    study_page = illustrator.open(f"/studies/{study.key}").get_data(as_text=True)
    assert f"/studies/{study.key}/record" in study_page
    assert f"/studies/{study.key}/withdraw" in study_page


def test_only_some_levels_can_be_withdrawn(portal, illustrator, said):
    study = portal.photo
    illustrator.send(f"/studies/{study.key}/record", **{**said, "level_print": "yes"})
    fields = {**TAKEN_BACK, "everything": "some", "told_on": today().isoformat()}
    page = illustrator.send(f"/studies/{study.key}/withdraw", **fields).get_data(as_text=True)
    assert "Choose at least one use that is withdrawn." in page
    illustrator.send(f"/studies/{study.key}/withdraw", **fields, print="y")
    assert (portal.state(study, "teaching"), portal.state(study, "print")) == ("accepted", "withdrawn")


def test_a_withdrawal_after_a_release_opens_its_recall_which_can_be_worked(portal, illustrator, said):
    study = portal.photo
    illustrator.send(f"/studies/{study.key}/record", **said)
    asked = portal.engine.request("clinician", "clinician", "teaching")
    portal.engine.release(portal.subject(portal.archive.photo), asked)
    fields = {**TAKEN_BACK, "told_on": today().isoformat()}
    page = illustrator.send(f"/studies/{study.key}/withdraw", **fields).get_data(as_text=True)
    assert "Releases to call back" in page
    assert "clinician (Clinician)" in page
    listed = illustrator.open("/recalls")
    action = re.search(r'action="(/recalls/[^"]+)"', listed.get_data(as_text=True)).group(1)
    done = illustrator.send(action, page=listed, status="confirmed", note="Rang the clinician").get_data(as_text=True)
    assert "No recalls." in done
    kinds = [event.type for event in portal.events()]
    assert kinds[-1] is EventType.RECALL_CONFIRMED
    other = illustrator.open("/account/password")
    nonsense = illustrator.send(action, page=other, status="forgotten").get_data(as_text=True)
    assert "That step is not possible" in nonsense


def test_the_page_of_a_consent_opens_and_withdraws_without_orthanc(portal, illustrator, said):
    study = portal.photo
    illustrator.send(f"/studies/{study.key}/record", **said)
    portal.parts.orthanc._client = type(portal.parts.orthanc)("http://127.0.0.1:9", "u", "p", timeout=PATIENCE)._client
    illustrator.open(f"/studies/{study.key}")
    illustrator.send(f"/studies/{study.key}/withdraw", **{**TAKEN_BACK, "told_on": today().isoformat()})
    assert portal.state(study, "teaching") == "withdrawn"


def test_consent_is_recorded_for_the_patient_whose_number_the_study_bears_now(portal, said):
    subject = portal.parts.orthanc.study(portal.archive.photo)
    mistaken = subject.model_copy(update={"patient": subject.patient.model_copy(update={"id": "MISTAKEN-1"})})
    with portal.parts.database.writing() as session:
        before = studies.register(session, mistaken)
    portal.reader("medical-illustration").send(f"/studies/{before.key}/record", **{**said, "scope": "patient"})
    (event,) = [one for one in portal.events() if one.type is EventType.GIVEN]
    assert event.patient_key == portal.photo.patient_key != before.patient_key
    assert portal.photo.former_patients == (before.patient_key,)


def test_declining_in_an_amendment_what_has_left_says_that_it_must_be_called_back(portal, illustrator, said):
    address = f"/studies/{portal.photo.key}"
    illustrator.send(f"{address}/record", **said)
    portal.engine.release(
        portal.subject(portal.archive.photo), portal.engine.request("clinician", "clinician", "teaching")
    )
    no = {**said, "level_teaching": "no", "amend_reason": "Asked again"}
    assert "1 release to call back" in illustrator.send(f"{address}/amend", **no).get_data(as_text=True)
    assert "No recalls." not in illustrator.open("/recalls").get_data(as_text=True)


def test_a_form_that_a_later_withdrawal_outweighs_says_that_it_opens_nothing(portal, illustrator, said):
    study = portal.photo
    address = f"/studies/{study.key}"
    assert "does not open" not in illustrator.send(f"{address}/record", **said).get_data(as_text=True)
    illustrator.send(f"{address}/withdraw", **{**TAKEN_BACK, "told_on": today().isoformat()})
    page = illustrator.send(f"{address}/record", **said).get_data(as_text=True).replace("&#39;", "'")
    assert "does not open 'Teaching, examination &amp; other educational purposes'" in page
    assert "does not open 'Record only'" not in page
    assert portal.state(study, "teaching") == "withdrawn"


def test_a_withdrawal_told_before_a_later_consent_closes_all_the_same(portal, illustrator, said):
    study = portal.photo
    address = f"/studies/{study.key}"
    illustrator.send(f"{address}/record", **said)
    page = illustrator.send(f"{address}/withdraw", **{**TAKEN_BACK, "told_on": "2025-06-04"}).get_data(as_text=True)
    assert portal.state(study, "teaching") == "withdrawn"
    assert "Nothing more leaves for what was withdrawn" in page
    assert "Still agreed" not in page


def test_an_older_form_that_says_no_closes_what_a_later_form_opened(portal, illustrator, said):
    study = portal.photo
    address = f"/studies/{study.key}"
    illustrator.send(f"{address}/record", **said)
    older = {**said, "level_teaching": "no", "discussed_on": "2025-06-04"}
    page = illustrator.send(f"{address}/record", **older).get_data(as_text=True)
    assert portal.state(study, "teaching") == "declined"
    assert "NOT close" not in page
