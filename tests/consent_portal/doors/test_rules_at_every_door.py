"""Each rule of the ledger holds at every door, in the same words, and nothing is written (portal.md X1, X2, D2)."""

from datetime import timedelta

import pytest

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger.levels import Level
from consent_portal.registers import studies

BASE = {"levels": ["record", "teaching"], "clinician": "Dr Okafor", "date": "2025-06-05", "capacity": "yes"}
SUE = {"grantor_name": "Sue Hall", "evidence": "Order 12"}
UNABLE = {"capacity": "no", "capacity_assessor": "Dr Li"}
TOMORROW = (local_day(utc_now()) + timedelta(days=2)).isoformat()
BEFORE_BIRTH = "The date lies before the patient was born."
CONSENTS = {
    "a representative without a name": (
        {"grantor": "deputy", "evidence": "Order 12", **UNABLE},
        "Enter the name of the person who gave this answer.",
    ),
    "a representative without authority": (
        {"grantor": "other", "grantor_name": "Sue Hall", **UNABLE},
        "Enter the evidence that this person may decide for the patient.",
    ),
    "a parent of somebody grown up": (
        {"grantor": "parental-responsibility", **SUE, **UNABLE},
        "The patient was 36 years old on that day. A parent can no longer decide for them.",
    ),
    "an attorney of a patient who can decide": (
        {"grantor": "lasting-power-of-attorney", **SUE},
        "An attorney or deputy may decide only what the patient cannot (GMC 32)",
    ),
    "a patient who cannot decide": (UNABLE, "A patient who cannot decide cannot agree to more than the record"),
    "a finding that nobody made": (
        {"grantor": "deputy", **SUE, "capacity": "best interests"},
        "Enter who assessed the patient",
    ),
    "a discussion that has not been": ({"date": TOMORROW}, "The date lies in the future"),
    "a discussion before birth": ({"date": "1950-01-01"}, BEFORE_BIRTH),
    "a beginning before birth": ({"valid_from": "1950-01-01"}, BEFORE_BIRTH),
    "an end before the beginning": ({"valid_to": "2025-06-04"}, "The consent would end before it begins"),
    "a signature by telephone": (
        {"received": "by telephone", "taken_by": "Nurse Li", "manner": "written"},
        "What came by telephone was given orally: nobody has signed.",
    ),
    "an answer by telephone that nobody took": (
        {"received": "by telephone", "manner": "oral"},
        "Enter who took the answer on the telephone.",
    ),
    "an end that nobody lives to see": ({"valid_to": "9999-12-31"}, "would last longer than anybody lives"),
}
FORM_NAMES = {"clinician": "requesting_clinician", "date": "discussed_on", "evidence": "grantor_evidence"}


def page_says(doors, said, fields):
    """Return what the page of a consent says to the same answers."""
    typed = {FORM_NAMES.get(name, name): value for name, value in fields.items() if name != "levels"}
    levels = {f"level_{level}": "yes" if level in fields["levels"] else "not-chosen" for level in Level}
    reader = doors.portal.reader("medical-illustration")
    page = reader.send(f"/studies/{doors.study.key}/record", **{**said, **levels, **typed})
    return page.get_data(as_text=True).replace("&#39;", "'")


@pytest.mark.parametrize("door", ["page", "command", "API"])
@pytest.mark.parametrize("rule", CONSENTS)
def test_what_may_not_be_recorded_is_refused_in_the_same_words(doors, said, rule, door):
    change, told = CONSENTS[rule]
    before = len(doors.portal.events())
    fields = {**BASE, "grantor": "patient", **change}
    if door == "page":
        answer = page_says(doors, said, fields)
    else:
        recorded, answer = doors.said_by(door, "record", **fields)
        assert not recorded
    assert told in answer
    assert len(doors.portal.events()) == before


THE_CONSENT = "the consent that is recorded"
OTHERS = {
    "capacity for no decision": (
        "capacity",
        {"capacity": "yes", "capacity_assessor": "Dr Li", "decision": " "},
        "Enter for which decision",
    ),
    "capacity that nobody assessed": (
        "capacity",
        {"capacity": "no", "capacity_assessor": " ", "decision": "use in teaching"},
        "Enter who assessed the patient",
    ),
    "a representative whose authority nobody knows": (
        "representative",
        {"action": "add", "grantor_name": "Sue Hall", "grantor": "deputy"},
        "Enter the evidence that this person may decide for the patient.",
    ),
    "a parent who is to decide for somebody grown up": (
        "representative",
        {"action": "add", **SUE, "grantor": "parental-responsibility"},
        "A parent can no longer decide for them.",
    ),
    "a representative who never was": (
        "representative",
        {"action": "remove", "grantor_name": "Nobody Known"},
        "Nobody of that name decides for this patient.",
    ),
    "a review of what nobody decided": (
        "maturity",
        {"reviewed_by": "Dr Li", "outcome": "confirmed"},
        "There is nothing to review",
    ),
    "a death that has not been": ("deceased", {"date_of_death": TOMORROW}, "The date lies in the future"),
    "a death before birth": ("deceased", {"date_of_death": "1950-01-01"}, BEFORE_BIRTH),
    "a death that was told of before it was": (
        "deceased",
        {"date_of_death": "2026-01-05", "day": "2026-01-04"},
        "cannot have been told of before it happened",
    ),
    "capacity that is not found yet": (
        "capacity",
        {"capacity": "no", "capacity_assessor": "Dr Li", "decision": "use in teaching", "day": TOMORROW},
        "The date lies in the future",
    ),
    "a representative before birth": (
        "representative",
        {"action": "add", **SUE, "grantor": "deputy", "day": "1950-01-01"},
        BEFORE_BIRTH,
    ),
    "a review that has not been": (
        "maturity",
        {"reviewed_by": "Dr Li", "outcome": "confirmed", "day": TOMORROW},
        "The date lies in the future",
    ),
    "an explanation that nobody gave": ("explain", {"explained_by": " "}, "Enter who explained it"),
    "a withdrawal that has not been": ("withdraw", {"day": TOMORROW}, "The date lies in the future"),
    "a refusal before birth": ("refuse", {"day": "1950-01-01"}, BEFORE_BIRTH),
    "a publication of what never left": (
        "publish",
        {"event": THE_CONSENT, "where": "Atlas"},
        "Only what left can have been published",
    ),
    "an error without a reason": (
        "invalidate",
        {"event": THE_CONSENT, "reason": " "},
        "Say why it was entered in error",
    ),
    "an error in an entry that there is not": (
        "invalidate",
        {"event": "999", "reason": "wrong patient"},
        "There is no such event in the history",
    ),
    "an act on a record that has moved": ("withdraw", {"head": 0}, "The record has changed since you looked"),
    "an answer that says two things": (
        "record",
        {**BASE, "declined": ["teaching"]},
        "it cannot be agreed to and declined at once: teaching.",
    ),
    "a form without a clinician": ("record", {**BASE, "clinician": " "}, "without the requesting clinician"),
    "a form without an answer": ("record", {**BASE, "levels": []}, "No level was answered"),
    "one series without saying which": ("withdraw", {"scope": "series"}, "Name the series that this is about"),
}


@pytest.fixture(scope="module")
def recorded(doors):
    """The number of a consent that is recorded, so that there is a history."""
    status, answer = doors.api("record", **BASE, grantor="patient")
    assert status == 201, answer
    return answer["seq"]


@pytest.mark.parametrize("door", ["command", "API"])
@pytest.mark.parametrize("rule", OTHERS)
def test_every_other_rule_holds_at_the_command_and_at_the_api(doors, recorded, rule, door):
    verb, fields, told = OTHERS[rule]
    if door == "command":
        fields = {name: value for name, value in fields.items() if value != []}
    fields = {name: str(recorded) if value == THE_CONSENT else value for name, value in fields.items()}
    done, answer = doors.said_by(door, verb, **fields)
    assert not done
    assert told in answer
    assert [event.seq for event in doors.portal.events()] == [recorded]


@pytest.mark.parametrize(("verb", "told_by"), [("withdraw", "deputy"), ("refuse", "other"), ("object", "deputy")])
def test_to_say_no_for_a_patient_nobody_has_to_name_or_prove_themselves(own_doors, verb, told_by):
    for door in ("command", "API"):
        done, answer = own_doors.said_by(door, verb, told_by=told_by)
        assert done, answer


def test_a_use_that_no_level_covers_is_refused_by_name_and_no_level_with_it(own_doors):
    assert own_doors.command("refuse", purposes="research").exit_code == 0
    assert own_doors.api("refuse", purposes=["commercial"], levels=["teaching"])[0] == 201
    one, other = (event.payload for event in own_doors.portal.events())
    assert (one.purposes, one.levels) == (("research",), ())
    assert (other.purposes, other.levels) == (("commercial",), (Level.TEACHING,))


def test_a_withdrawal_leaves_the_record_itself_at_every_door(own_doors):
    everything = {**BASE, "levels": [str(level) for level in Level]}
    for door in ("command", "API"):
        assert own_doors.said_by(door, "record", **{**everything, "date": local_day(utc_now()).isoformat()})[0]
        assert own_doors.said_by(door, "withdraw", reason="no")[0]
        states = {str(level): own_doors.portal.state(own_doors.study, level) for level in Level}
        assert states == dict.fromkeys(("teaching", "print", "internet"), "withdrawn") | {"record": "accepted"}


def test_after_a_death_was_noted_nothing_more_is_agreed_to_at_any_door(own_doors, said):
    assert own_doors.api("deceased", date_of_death="2025-06-01", known_wishes="None known")[0] == 201
    told = "The patient had died by that day"
    assert told in page_says(own_doors, said, {**BASE, "grantor": "patient"})
    for door in ("command", "API"):
        recorded, answer = own_doors.said_by(door, "record", **BASE)
        assert not recorded
        assert told in answer
    assert own_doors.said_by("command", "withdraw", reason="His family asks for it")[0]
    assert [str(event.type) for event in own_doors.portal.events()] == ["DECEASED_NOTED", "WITHDRAWN"]


def test_what_is_entered_in_error_is_marked_once(own_doors):
    wrong = str(own_doors.api("record", **BASE)[1]["seq"])
    assert own_doors.api("invalidate", event=wrong, reason="wrong patient")[0] == 201
    run = own_doors.command("invalidate", event=wrong, reason="again")
    assert (run.exit_code, "marked as entered in error already" in run.output) == (1, True)
    assert len(own_doors.portal.events()) == 2


def test_a_consent_with_every_field_is_the_same_event_from_the_command_and_from_the_api(own_doors):
    everything = {
        "levels": ["record"],
        "declined": ["internet"],
        "unknown": ["print"],
        "not_asked": ["teaching"],
        "clinician": "Dr Okafor",
        "date": "2025-06-05",
        "explained_by": "Nurse Li",
        "grantor": "deputy",
        **SUE,
        "capacity": "best interests",
        "capacity_assessor": "Dr Li",
        "making_consent": "explicit",
        "scope": "patient",
        "date_from": "2025-01-01",
        "date_to": "2025-12-31",
        "photo_job": "23 02210",
        "photo_image": "1",
        "agrees_to": ["research"],
        "publication": "atlas",
        "commercial": False,
        "commercial_data": "none",
        "commercial_confidentiality": "none",
        "project": "p-1",
        "ethics": "REC 1",
        "duo": ["DUO:0000007", "DUO:0000042"],
        "genomic": True,
        "conditions": "Not on posters",
        "valid_from": "2025-06-06",
        "valid_to": "2035-06-06",
        "review_age": 18,
        "witness": "Mr Hall",
        "interpreter": "Ms Ng",
        "language": "Polish",
        "manner": "written",
        "received": "in writing",
        "taken_by": "Nurse Li",
        "form_version": "CF-7",
        "scan_sha256": "ab" * 32,
        "leaflet": "L-3",
        "briefed_by": "Radiographer Roe",
        "accessible_format": "large print",
        "reason": "As on the form",
    }
    assert own_doors.command("record", **everything).exit_code == 0
    status, answer = own_doors.api("record", **everything)
    assert status == 201, answer
    ours, theirs = (event.payload.model_dump(exclude={"recorder"}) for event in own_doors.portal.events())
    assert ours == theirs
    one, other = (event.scope for event in own_doors.portal.events())
    assert one == other
    told = own_doors.portal.events()[0].payload
    empty = [None, "", (), "not recorded"]
    assert [name for name in type(told).model_fields if getattr(told, name) in empty] == []
    assert [name for name in type(told.conditions).model_fields if getattr(told.conditions, name) in empty] == []


HEARD = {"received": "by telephone", "taken_by": "Nurse Li"}
NO_ON_A_PAGE = {
    "refuse": ("entries/refusal", {"said_no_to": "teaching", "said_by": "patient", "requesting_clinician": "Dr Okafor",
                                   "said_on": "2025-06-05", "scope": "study"}),
    "object": ("entries/objection", {"kind": "objection", "objected_to": "teaching", "said_by": "patient",
                                     "said_on": "2025-06-05", "scope": "study"}),
    "withdraw": ("withdraw", {"everything": "all", "told_by": "patient", "told_on": "2025-06-05", "scope": "study",
                              "reason": "None given"}),
}  # fmt: skip


@pytest.mark.parametrize("verb", sorted(NO_ON_A_PAGE))
def test_how_a_no_came_and_who_took_it_is_kept_whatever_the_door(own_doors, verb):
    address, typed = NO_ON_A_PAGE[verb]
    reader = own_doors.portal.reader("medical-illustration")
    reader.send(f"/studies/{own_doors.study.key}/{address}", right_patient="y", **typed, **HEARD)
    assert own_doors.command(verb, **HEARD).exit_code == 0
    assert own_doors.api(verb, **HEARD)[0] == 201
    said = [event.payload for event in own_doors.portal.events()]
    assert [(one.received, one.taken_by) for one in said] == [("by telephone", "Nurse Li")] * 3


NAMED_ON_A_PAGE = {
    "object": {"objected_to": "research"},
    "withdraw": {"everything": "some", "research": "y", "received": "in person"},
}


@pytest.mark.parametrize("verb", sorted(NAMED_ON_A_PAGE))
def test_a_use_is_taken_back_or_objected_to_by_its_name_whatever_the_door(own_doors, verb):
    address, typed = NO_ON_A_PAGE[verb]
    reader = own_doors.portal.reader("medical-illustration")
    reader.send(f"/studies/{own_doors.study.key}/{address}", right_patient="y", **{**typed, **NAMED_ON_A_PAGE[verb]})
    assert own_doors.command(verb, purposes="research").exit_code == 0
    assert own_doors.api(verb, purposes=["research"])[0] == 201
    said = [event.payload for event in own_doors.portal.events()]
    assert [(one.levels, one.purposes) for one in said] == [((), ("research",))] * 3


def test_what_was_not_said_of_an_answer_is_not_written(own_doors):
    assert own_doors.api("refuse")[0] == 201
    (event,) = own_doors.portal.events()
    assert not {"received", "taken_by"} & set(event.payload.model_dump(mode="json"))


def test_an_objection_is_recorded_by_number_before_there_is_any_study(own_doors):
    number = {"number": "HOSP 4711", "birth_date": "1990-01-31"}
    both = own_doors.api("object", **number, study=own_doors.study.study_uid)
    assert (both[0], both[1]["faults"][0]["field"]) == (400, "number")
    assert own_doors.command("object", **number, reason="Never").exit_code == 0
    assert own_doors.api("object", **number, reason="Never")[0] == 201
    one, other = own_doors.portal.events()
    assert (str(one.type), str(one.scope.kind), one.patient_key) == ("OBJECTION", "patient", other.patient_key)
    subject = own_doors.portal.parts.orthanc.study(own_doors.portal.archive.photo)
    of_the_number = subject.patient.model_copy(update={"id": "HOSP 4711", "birth_date": "19900131"})
    with own_doors.portal.parts.database.writing() as session:
        study = studies.register(session, subject.model_copy(update={"patient": of_the_number}))
    assert own_doors.portal.state(study, "teaching") == "refused"


def test_a_child_is_answered_for_without_an_assessment_and_an_adult_is_not(own_doors):
    mother = {"grantor": "representative", **SUE}
    fields = {name: value for name, value in BASE.items() if name != "capacity"}
    adult = own_doors.command("record", **fields, **mother)
    assert (adult.exit_code, "(--capacity)" in adult.output) == (2, True)
    child = own_doors.command("record", **{**fields, "date": "1995-06-05"}, **mother)
    assert (child.exit_code, "has grown up and has not been asked" in child.output) == (3, True)
    assert own_doors.portal.events()[0].payload.capacity.presumed


def test_the_shortest_form_presumes_that_an_adult_can_decide_and_says_so(own_doors):
    fields = {name: value for name, value in BASE.items() if name != "capacity"}
    assert own_doors.command("record", **fields).exit_code == 0
    capacity = own_doors.portal.events()[0].payload.capacity
    assert (str(capacity.answer), capacity.presumed, capacity.assessor) == ("yes", True, "")
    assert "Presumed" in capacity.words


def test_what_a_young_person_takes_back_at_maturity_is_a_withdrawal_and_opens_nothing(own_doors):
    mother = {"grantor": "parental-responsibility", **SUE, **UNABLE, "date": "1995-06-05"}
    assert own_doors.api("record", **{**BASE, **mother})[0] == 201
    status, answer = own_doors.api("maturity", reviewed_by="Dr Li", outcome="varied")
    assert (status, "Record first what the young person changed" in answer["message"]) == (409, True)
    status, answer = own_doors.api("maturity", reviewed_by="Dr Li", outcome="withdrawn")
    assert (status, answer["type"]) == (201, "REVIEWED_AT_MATURITY")
    assert answer["levels"]["teaching"] == "withdrawn"
    assert [str(event.type) for event in own_doors.portal.events()] == ["GIVEN", "REVIEWED_AT_MATURITY", "WITHDRAWN"]
