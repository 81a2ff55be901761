"""The form says what is wrong in its own words."""

from consent_portal.api.words import words
from consent_portal.policy.load import load_policy
from orthanc_plugin.gate.pages.form import form_page
from orthanc_plugin.gate.pages.outcome import message_page


def faulty(values, *faults):
    summary = {"purposes": {}, "words": words(load_policy())}
    return form_page("0a-0b", summary, None, values=values, faults=faults).body.decode()


def test_a_form_that_was_sent_empty_names_no_keys_and_asks_nothing_twice():
    page = faulty(
        {},
        ("purpose", "must be one of: direct-care, research-capture"),
        ("attestations.identifiable", "Please answer: Could this patient be identified (yes, maybe, no)?"),
        ("recipient", "name a registered recipient"),
    )
    assert "research-capture" not in page
    assert "What are the images for? Choose one." in page
    assert "Could anyone recognise the patient from these images? Choose an answer." in page
    assert "Please answer" not in page
    assert "Who are the images for? Name a registered recipient" in page


def test_a_page_that_finds_nothing_says_so_in_a_sentence_and_leads_on():
    page = message_page(404, {"message": "there is no such export"}).body.decode()
    assert "There is no such export." in page
    assert 'href="/app/explorer.html"' in page
