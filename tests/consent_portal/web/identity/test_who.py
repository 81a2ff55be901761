"""Check who this is: the banner, the work-list, and what medical illustration can find (cases I1 to I3)."""

import pytest

from consent_portal.clock import local_day, utc_now
from consent_portal.registers import studies
from consent_portal.services import identity
from tests.consent_portal.ledger.conftest import a_subject

FOUND = {"compared": ["name", "birth-date"], "reason": "The records office says so."}
TAKEN_BACK = {
    "right_patient": "y",
    "everything": "all",
    "told_by": "patient",
    "received": "by telephone",
    "reason": "No reason given",
    "told_on": "2025-06-06",
}


def told(portal, uid, **details):
    with portal.parts.database.writing() as session:
        return studies.register(session, a_subject(uid, accession=f"ACC-{uid}", **details))


def text(answer):
    return " ".join(answer.get_data(as_text=True).replace("&#39;", "'").split())


@pytest.fixture
def shared(portal):
    """Two people's photographs under one number by mistake."""
    return told(portal, "1.1", birth="19600214"), told(portal, "1.2", birth="19900930", name="OTHER^BELLA")


@pytest.fixture
def illustrator(portal):
    return portal.reader("medical-illustration")


def test_one_persons_yes_does_not_open_anothers_pictures(portal, illustrator, shared, said):
    first, other = shared
    page = illustrator.send(f"/studies/{other.key}/record", **{**said, "scope": "patient"})
    assert "disagree in: date of birth, name" in text(page)
    assert portal.events() == []
    illustrator.send(f"/studies/{other.key}/record", **said)
    assert [portal.state(study, "teaching") for study in shared] == ["not asked", "accepted"]
    for address in (f"/studies/{first.key}", f"/studies/{first.key}/record", f"/patients/{first.patient_key}/releases"):
        assert "Check who this is." in text(illustrator.open(address))
    assert text(illustrator.send("/studies", name="quirkleby")).count("Check who this is") == 1


def test_a_patient_whose_details_agree_has_no_such_banner(portal, illustrator):
    study = told(portal, "1.1")
    assert "Check who this is" not in text(illustrator.open(f"/studies/{study.key}"))
    assert "Nothing disagrees." in text(illustrator.open("/identity"))


def test_a_clinician_sees_the_doubt_and_no_page_to_settle_it(portal, shared):
    page = text(portal.reader("clinician").open(f"/studies/{shared[0].key}"))
    assert "Check who this is." in page
    assert "/identity/" not in page


def test_who_is_who_is_settled_from_the_list_as_a_slip_and_undone(portal, illustrator, shared):
    listed = text(illustrator.open("/identity"))
    assert "They disagree in: date of birth, name" in listed
    assert listed.count("Say whose it is") == 2
    assert "Details disagree" in text(illustrator.open("/"))
    address = f"/identity/studies/{shared[1].key}"
    assert "differs" in text(illustrator.open(address))
    nothing = text(illustrator.send(address))
    assert "Choose what you found." in nothing
    assert "Compare at least two identifiers" in nothing
    assert portal.events() == []
    assert "Choose which record it is the same person as." in text(illustrator.send(address, finding="same", **FOUND))
    assert "problem" in text(illustrator.send(address, finding="same", same_as="1.1", **FOUND))
    assert portal.events() == []
    assert "QUIRKLEBY, ANNA · born 14 February 1960 · female" in text(illustrator.open(address))
    illustrator.send(address, finding="same", same_as=shared[0].key, **FOUND)
    assert "Nothing disagrees." in text(illustrator.open("/identity"))
    history = text(illustrator.open(f"/studies/{shared[0].key}"))
    assert "Check who this is" not in history
    person = illustrator.open(f"/identity/patients/{shared[0].patient_key}")
    event = portal.events()[-1]
    undo = f"/identity/studies/{shared[1].key}/undo/{event.id}"
    assert undo in text(person)
    assert "Enter why this no longer holds" in text(illustrator.send(undo, page=person))
    again = illustrator.open(f"/identity/patients/{shared[0].patient_key}")
    illustrator.send(undo, page=again, reason="Two people after all.")
    assert "They disagree in" in text(illustrator.open("/identity"))


def test_another_persons_study_is_separated_and_both_histories_say_so(portal, illustrator, shared):
    first, other = shared
    page = illustrator.send(f"/identity/studies/{other.key}", finding="other", **FOUND)
    assert "Found another person's study" in text(page)
    assert "Check who this is" not in text(page)
    assert "Found another person's study" in text(illustrator.open(f"/identity/patients/{first.patient_key}"))
    assert "Nothing disagrees." in text(illustrator.open("/identity"))


@pytest.fixture
def two_numbers(portal, illustrator, said):
    """One person under two numbers, both agreed to."""
    both = told(portal, "1.1", patient="HOSP-77"), told(portal, "1.2", patient="9434765919")
    for study in both:
        illustrator.send(f"/studies/{study.key}/record", **said)
    return both


def test_others_who_may_be_the_patient_are_named_and_can_be_joined_and_taken_apart(portal, illustrator, two_numbers):
    first, second = two_numbers
    page = text(illustrator.open(f"/studies/{first.key}"))
    assert "Others who may be this patient" in page
    assert "943 476 5919" in page
    address = f"/identity/studies/{first.key}/join/{second.key}"
    assert address in text(illustrator.open(f"/identity/patients/{first.patient_key}"))
    refused = text(illustrator.send(address, compared=["name"], reason="x"))
    assert "Compare at least two identifiers" in refused
    joined = illustrator.send(address, **FOUND)
    assert "The two numbers are joined" in text(joined)
    for study in two_numbers:
        assert "Two numbers joined" in text(illustrator.open(f"/studies/{study.key}"))
    part = f"/identity/studies/{first.key}/part/{second.key}"
    assert part in text(joined)
    assert "Undone" in text(illustrator.send(part, page=joined, reason="Two people."))
    assert "Others who may be this patient" in text(illustrator.open(f"/studies/{first.key}"))


def test_another_number_is_found_in_any_spelling_to_be_compared(portal, illustrator, two_numbers):
    first, _second = two_numbers
    address = f"/identity/patients/{first.patient_key}"
    assert "Join two numbers" in text(illustrator.send(address, number="943-476 5919"))
    assert "No other patient in the register" in text(illustrator.send(address, number="HOSP 77"))
    told(portal, "1.8", patient="55", issuer="A")
    told(portal, "1.9", patient="55", issuer="B")
    assert "from several issuers" in text(illustrator.send(address, number="55"))
    assert "Join two numbers" in text(illustrator.send(address, number="55", issuer="b"))


def test_a_withdrawal_shows_what_it_covers_and_what_not_with_nothing_chosen(portal, illustrator, two_numbers, said):
    first, second = two_numbers
    third = told(portal, "1.3", patient="HOSP-77")
    illustrator.send(f"/studies/{third.key}/record", **said)
    address = f"/studies/{first.key}/withdraw"
    form = text(illustrator.open(address))
    assert "checked" not in form
    assert form.count("Teaching, examination") >= 3
    assert "943 476 5919" in form
    assert "Choose what this covers." in text(illustrator.send(address, **TAKEN_BACK))
    narrow = text(illustrator.send(address, **TAKEN_BACK, scope="study"))
    assert "Not everything is withdrawn: 2 studies stay agreed" in narrow
    assert "Nothing more leaves for what was withdrawn" not in narrow
    wide = text(illustrator.send(address, **TAKEN_BACK, scope="patient"))
    assert "Not everything is withdrawn: 1 study stays agreed" in wide
    every = text(illustrator.send(address, **TAKEN_BACK, scope="patient", others=[second.patient_key]))
    assert "Nothing more leaves for what was withdrawn" in every
    assert [portal.state(one, "teaching") for one in (first, second, third)] == ["withdrawn"] * 3


NOES = {
    "refusal": {"said_no_to": ["teaching"], "requesting_clinician": "Dr Okafor"},
    "objection": {"kind": "objection", "objected_to": ["teaching"]},
}


@pytest.mark.parametrize(("slug", "state"), [("refusal", "refused"), ("objection", "refused")])
def test_a_refusal_and_an_objection_may_be_meant_for_the_other_number_too(
    portal, illustrator, two_numbers, slug, state
):
    first, second = two_numbers
    stranger = told(portal, "1.9", patient="HOSP-99", birth="19330101", name="OTHER^NAME")
    address = f"/studies/{first.key}/entries/{slug}"
    form = text(illustrator.open(address))
    assert "checked" not in form
    assert "943 476 5919" in form
    said = {
        **NOES[slug],
        "right_patient": "y",
        "said_by": "patient",
        "said_on": local_day(utc_now()).isoformat(),
        "scope": "patient",
    }
    assert "There is a problem" in text(illustrator.send(address, **said, others=[stranger.patient_key]))
    assert portal.state(first, "teaching") != state
    illustrator.send(address, **said, others=[second.patient_key])
    assert [portal.state(one, "teaching") for one in (first, second)] == [state] * 2
    assert portal.state(stranger, "teaching") == "not asked"


def test_nobody_is_withdrawn_for_who_is_not_offered(portal, illustrator, two_numbers):
    stranger = told(portal, "1.9", patient="HOSP-99", birth="19330101", name="OTHER^NAME")
    page = illustrator.send(
        f"/studies/{two_numbers[0].key}/withdraw", **TAKEN_BACK, scope="study", others=[stranger.patient_key]
    )
    assert "There is a problem" in text(page)
    assert portal.state(stranger, "teaching") == "not asked"


def test_no_address_of_these_pages_holds_an_identifier(portal, illustrator, shared):
    pages = [illustrator.open("/identity"), illustrator.open(f"/identity/patients/{shared[0].patient_key}")]
    for page in pages:
        for link in page.get_data(as_text=True).split('href="')[1:]:
            address = link.split('"')[0]
            assert not any(secret in address for secret in ("HOSP", "1960", "QUIRK", "1.1"))


def test_the_list_is_as_long_as_there_are_people_in_doubt(portal, shared):
    with portal.parts.database.reading() as session:
        assert len(identity.doubtful(session)) == 1
