"""Each kind of event that a person records has its page, for the roles that hear of it, and is seen in the history."""

import io
import re
from datetime import date

import pikepdf
import pytest
from PIL import Image

from consent_portal.clock import local_day
from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds import CORRECTABLE, KINDS
from consent_portal.web.consent.entries import ENTRIES
from tests.support.clocks import today
from tests.support.portal import ROLES

RIGHT = {"right_patient": "y"}
ELSEWHERE = {
    EventType.GIVEN: "consent.record",
    EventType.AMENDED: "consent.amend",
    EventType.WITHDRAWN: "consent.withdraw",
    EventType.INVALIDATED: "corrections.mark",
    EventType.PUBLISHED: "releases.published",
}


def filled():
    """Return what is entered today, by the entry's name."""
    return {
        "refusal": {
            "said_no_to": ["teaching", "research"],
            "said_by": "patient",
            "requesting_clinician": "Dr Okafor",
            "said_on": today().isoformat(),
            "scope": "study",
        },
        "objection": {
            "kind": "erasure-request",
            "objected_to": ["internet"],
            "said_by": "patient",
            "said_on": today().isoformat(),
            "scope": "patient",
        },
        "capacity": {
            "answer": "no",
            "assessor": "Dr Li",
            "decision": "Teaching",
            "said_on": today().isoformat(),
            "scope": "patient",
        },
        "representative": {
            "name": "Sue Hall",
            "authority": "deputy",
            "evidence": "Court order 12",
            "said_on": today().isoformat(),
        },
        "death": {
            "date_of_death": "2026-01-05",
            "known_wishes": "Never on the internet",
            "said_on": today().isoformat(),
        },
        "explanation": {"practicable": "yes", "explained_by": "Nurse Li", "leaflet_version": ""},
    }


ABOUT_CONSENT = CORRECTABLE | {
    EventType.EXPLAINED,
    EventType.FORM_ATTACHED,
    EventType.INVALIDATED,
    EventType.PUBLISHED,
    EventType.RECEIPT_ISSUED,
}


@pytest.fixture
def illustrator(portal):
    return portal.reader("medical-illustration")


def pdf(pages=1):
    held = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page()
        made.save(held)
    return held.getvalue()


def picture(kind):
    held = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(held, format=kind)
    return held.getvalue()


def test_everything_that_a_person_can_say_about_consent_has_a_page(portal):
    pages = {entry.kind: f"entries.{entry.slug}" for entry in ENTRIES} | ELSEWHERE
    assert set(pages.values()) <= set(portal.app.view_functions)
    assert set(pages) == ABOUT_CONSENT


@pytest.mark.parametrize("slug", filled())
def test_what_is_filled_in_becomes_the_event_and_stands_in_the_history(portal, illustrator, slug):
    study = portal.photo
    entry = next(one for one in ENTRIES if one.slug == slug)
    page = illustrator.send(f"/studies/{study.key}/entries/{slug}", **RIGHT, **filled()[slug]).get_data(as_text=True)
    with portal.app.test_request_context():
        assert str(entry.done) in page
    (event,) = portal.events()
    assert (event.type, event.recorded_by) == (entry.kind, "medical-illustration")
    assert KINDS[event.type].title in page
    with portal.app.test_request_context():
        facts = [str(fact.value) for fact in KINDS[event.type].facts(event.payload) if isinstance(fact.value, str)]
    assert [value for value in facts if value and value not in page.replace("&#39;", "'")] == []


@pytest.mark.parametrize("slug", filled())
def test_an_empty_form_records_nothing_and_names_what_is_missing(portal, illustrator, slug):
    page = illustrator.send(f"/studies/{portal.photo.key}/entries/{slug}").get_data(as_text=True)
    assert "There is a problem" in page
    assert 'href="#right_patient"' in page
    assert portal.events() == []


def test_nothing_that_says_how_far_a_no_reaches_is_preselected(portal, illustrator):
    for slug in ("refusal", "objection"):
        page = illustrator.open(f"/studies/{portal.photo.key}/entries/{slug}").get_data(as_text=True)
        assert "checked" not in page


def test_a_no_when_asked_closes_the_level_and_the_use_that_no_level_covers(portal, illustrator):
    study = portal.photo
    illustrator.send(f"/studies/{study.key}/entries/refusal", **RIGHT, **filled()["refusal"])
    assert (portal.state(study, "teaching"), portal.state(study, "print")) == ("refused", "not asked")
    (event,) = portal.events()
    assert event.payload.purposes == ("research",)


def test_an_objection_calls_back_what_left(portal, illustrator, said):
    study = portal.photo
    illustrator.send(f"/studies/{study.key}/record", **said)
    asked = portal.engine.request("clinician", "clinician", "teaching")
    portal.engine.release(portal.subject(portal.archive.photo), asked)
    fields = {**filled()["objection"], "objected_to": ["teaching"]}
    page = illustrator.send(f"/studies/{study.key}/entries/objection", **RIGHT, **fields).get_data(as_text=True)
    assert "1 release to call back" in page
    assert portal.engine.ask(portal.subject(portal.archive.photo), asked)["outcome"] == "deny"


def test_a_representative_is_removed_from_those_present(portal, illustrator):
    address = f"/studies/{portal.photo.key}/entries"
    illustrator.send(f"{address}/representative", **RIGHT, **filled()["representative"])
    page = illustrator.open(f"{address}/representative-removed")
    (who,) = re.findall(r'<option value="([0-9a-f-]{36})">Sue Hall', page.get_data(as_text=True))
    gone = {**RIGHT, "who": who, "evidence": "Order 12 ended", "said_on": today().isoformat()}
    illustrator.send(f"{address}/representative-removed", page=page, **gone)
    _added, removed = portal.events()
    assert (removed.type, removed.payload.name) == (EventType.REPRESENTATIVE_REMOVED, "Sue Hall")
    assert "Sue Hall" not in illustrator.open(f"{address}/representative-removed").get_data(as_text=True)
    assert "no longer may" not in illustrator.open(address).get_data(as_text=True)


SAID_ON = ("capacity", "representative", "death")


@pytest.mark.parametrize("slug", SAID_ON)
def test_it_counts_from_the_day_on_which_it_was_said_or_found(portal, illustrator, slug):
    address = f"/studies/{portal.photo.key}/entries/{slug}"
    before_birth = {**RIGHT, **filled()[slug], "said_on": "1890-01-01"}
    assert 'href="#said_on"' in illustrator.send(address, **before_birth).get_data(as_text=True)
    assert portal.events() == []
    illustrator.send(address, **{**RIGHT, **filled()[slug], "said_on": "2026-02-03"})
    (event,) = portal.events()
    assert local_day(event.effective_at) == date(2026, 2, 3)


def test_an_authority_never_ends_before_it_was_given(portal, illustrator):
    address = f"/studies/{portal.photo.key}/entries"
    illustrator.send(f"{address}/representative", **RIGHT, **filled()["representative"])
    page = illustrator.open(f"{address}/representative-removed")
    (who,) = re.findall(r'<option value="([0-9a-f-]{36})">Sue Hall', page.get_data(as_text=True))
    gone = {**RIGHT, "who": who, "evidence": "Order 12 ended", "said_on": "2026-02-03"}
    illustrator.send(f"{address}/representative-removed", page=page, **gone)
    added, removed = portal.events()
    assert removed.effective_at >= added.effective_at
    assert "Sue Hall" not in illustrator.open(f"{address}/representative-removed").get_data(as_text=True)


def test_only_what_makes_sense_now_is_offered(portal, illustrator, said):
    study = portal.photo
    before = illustrator.open(f"/studies/{study.key}/entries").get_data(as_text=True)
    assert "Capacity assessed" in before
    assert "A signed form" not in before
    assert "A review with the young person" not in before
    illustrator.send(f"/studies/{study.key}/record", **said)
    illustrator.send(f"/studies/{study.key}/entries/death", **RIGHT, **filled()["death"])
    after = illustrator.open(f"/studies/{study.key}/entries").get_data(as_text=True)
    assert "A signed form" in after
    assert "Capacity assessed" not in after


def test_each_role_is_offered_what_it_may_record_and_is_refused_the_rest(portal):
    key = portal.photo.key
    for role in (*ROLES[:2], ROLES[3]):
        reader = portal.reader(role)
        offered = reader.open(f"/studies/{key}/entries").get_data(as_text=True)
        for entry in ENTRIES:
            may = role in set(map(str, entry.roles))
            assert may or f"entries/{entry.slug}" not in offered
            reader.open(f"/studies/{key}/entries/{entry.slug}", expect=200 if may else 403)


SCANS = {"a PDF": (pdf(3), 3), "a JPEG": (picture("JPEG"), 1), "a PNG": (picture("PNG"), 1)}


@pytest.mark.parametrize("what", SCANS)
def test_a_signed_form_is_recorded_by_its_checksum_whatever_it_is_called(portal, illustrator, said, what):
    content, pages = SCANS[what]
    illustrator.send(f"/studies/{portal.photo.key}/record", **said)
    (given,) = portal.events()
    address = f"/studies/{portal.photo.key}/entries/signed-form"
    assert "keep the scan itself where you keep it now" in illustrator.open(address).get_data(as_text=True)
    scan = (io.BytesIO(content), "Brendan Quirkleby.exe")
    illustrator.send(address, **RIGHT, about=given.id, form_version="CF-7", scan=scan)
    attached = portal.events()[-1]
    assert (attached.type, attached.supersedes, attached.payload.pages) == (EventType.FORM_ATTACHED, given.id, pages)
    assert "Brendan" not in attached.payload.model_dump_json()


NO_SCANS = {
    "nothing": b"",
    "a text": b"I agree to everything",
    "the beginning of a PDF": b"%PDF-1.7\n",
    "half a picture": picture("PNG")[:60],
    "a page of the web": b"<!doctype html><script>alert(1)</script>",
}


@pytest.mark.parametrize("what", NO_SCANS)
def test_what_is_no_scan_is_not_recorded(portal, illustrator, said, what):
    illustrator.send(f"/studies/{portal.photo.key}/record", **said)
    (given,) = portal.events()
    scan = (io.BytesIO(NO_SCANS[what]), "form.pdf")
    address = f"/studies/{portal.photo.key}/entries/signed-form"
    page = illustrator.send(address, **RIGHT, about=given.id, scan=scan).get_data(as_text=True)
    assert 'href="#scan"' in page
    assert len(portal.events()) == 1


def test_a_copy_given_to_the_patient_belongs_to_what_it_says(portal, illustrator, said):
    illustrator.send(f"/studies/{portal.photo.key}/record", **said)
    (given,) = portal.events()
    fields = {**RIGHT, "about": given.id, "format": "paper", "given_to": "The patient"}
    page = illustrator.send(f"/studies/{portal.photo.key}/entries/receipt", **fields).get_data(as_text=True)
    assert portal.events()[-1].supersedes == given.id
    assert "About: Consent recorded" in page


def test_a_parent_s_consent_leads_to_the_review_with_the_young_person(portal, illustrator, said):
    parent = {"grantor": "other", "grantor_name": "A. Parent", "grantor_evidence": "Letter", "review_age": "18"}
    illustrator.send(f"/studies/{portal.photo.key}/record", **{**said, **parent})
    assert portal.events()[0].payload.review_age == 18
    address = f"/studies/{portal.photo.key}/entries"
    assert "A review with the young person" in illustrator.open(address).get_data(as_text=True)
    ended = {
        **RIGHT,
        "outcome": "withdrawn",
        "reviewed_by": "Dr Li",
        "said_on": today().isoformat(),
        "scope": "patient",
    }
    illustrator.send(f"{address}/maturity", **ended)
    assert [event.type for event in portal.events()][1:] == [EventType.REVIEWED_AT_MATURITY, EventType.WITHDRAWN]
    assert portal.state(portal.photo, "teaching") == "withdrawn"


def test_a_consent_takes_everything_that_a_paper_form_may_say(portal, illustrator, said):
    more = {
        "level_print": "",
        "more_print": "unknown",
        "making_consent": "explicit",
        "research": "y",
        "ethics_reference": "REC 26/1",
        "duo": "DUO:0000006, DUO:0000042",
        "genomic": "y",
        "commercial": "yes",
        "commercial_data": "The photograph",
        "commercial_confidentiality": "No name",
        "briefed_by": "Radiographer Hall",
        "accessible_format": "Easy Read",
        "recorded_from": "2025-01-01",
        "recorded_to": "2025-12-31",
        "photo_job": "2302210",
        "photo_image": "2",
        "scope": "patient",
    }
    illustrator.send(f"/studies/{portal.photo.key}/record", **{**said, **more})
    (event,) = portal.events()
    given, bound = event.payload, event.payload.conditions
    assert {str(level): str(state) for level, state in given.levels.items()}["print"] == "unknown"
    assert (given.making_consent, given.briefed_by, given.accessible_format) == (
        "explicit", "Radiographer Hall", "Easy Read",
    )  # fmt: skip
    assert (bound.purposes, bound.commercial, bound.genomic) == (("research",), True, True)
    assert bound.duo == ("DUO:0000006", "DUO:0000042")
    assert (event.scope.date_from, event.scope.date_to) == (date(2025, 1, 1), date(2025, 12, 31))
    assert (event.scope.photo_job, event.scope.photo_image) == ("2302210", "2")


MORE_THAT_CANNOT_BE = {
    "two answers for a level": ({"more_print": "unknown"}, "level_print"),
    "a company without the data": ({"commercial": "yes", "commercial_confidentiality": "x"}, "commercial_data"),
    "an age in words": ({"review_age": "ol"}, "review_age"),
    "a code of no ontology": ({"duo": "DUO:6"}, "duo"),
    "one image without saying which": ({"scope": "instance"}, "image"),
    "a project that is not registered": ({"research_project": "made-up"}, "research_project"),
}


@pytest.mark.parametrize("what", MORE_THAT_CANNOT_BE)
def test_what_cannot_be_among_the_rarer_fields_is_not_recorded(portal, illustrator, said, what):
    change, field = MORE_THAT_CANNOT_BE[what]
    page = illustrator.send(f"/studies/{portal.photo.key}/record", **{**said, **change}).get_data(as_text=True)
    assert f'href="#{field}"' in page
    assert portal.events() == []


def test_one_image_can_be_chosen_and_then_covers_no_more(portal, illustrator, said):
    page = illustrator.open(f"/studies/{portal.photo.key}/record").get_data(as_text=True)
    (image, *_rest) = re.findall(r'<option value="([0-9.]+)">Image', page)
    illustrator.send(f"/studies/{portal.photo.key}/record", **{**said, "scope": "instance", "image": image})
    assert portal.events()[0].scope.instance_uid == image
    assert portal.state(portal.photo, "teaching") != "accepted"


def test_the_day_that_was_said_is_the_day_that_is_shown_in_summer_time(portal, illustrator, said):
    summer = {**said, "discussed_on": "2024-09-10"}
    page = illustrator.send(f"/studies/{portal.photo.key}/record", **summer).get_data(as_text=True)
    assert "counts from 10 September 2024" in page
    assert "9 September 2024" not in page.replace("counts from 10 September 2024", "")


def test_characters_that_turn_text_round_are_kept_out_of_a_name_and_values_stand_apart(portal, illustrator, said):
    turned = {**said, "requesting_clinician": "Dr \u202eroofakO\u2066", "witness": "\u200fSaid"}
    page = illustrator.send(f"/studies/{portal.photo.key}/record", **turned).get_data(as_text=True)
    given = portal.events()[0].payload
    assert (given.requesting_clinician, given.witness) == ("Dr roofakO", "Said")
    assert "<bdi>Dr roofakO</bdi>" in page
