"""The page of a question: the words to say for just what is asked, the leaflet to give, and the ways to answer."""

import re

import pytest

LASTING = {
    "print": "Once it is printed it cannot be called back",
    "internet": "Once they are on the internet we cannot get them back",
}


@pytest.fixture
def question(portal, archive):
    """Let somebody ask for a use of the photograph; returns the address of the question's page."""

    def question(purpose="print", role="clinician"):
        request = portal.engine.request(role, role, purpose)
        answer = portal.engine.ask(portal.subject(archive.photo), request)
        assert answer["outcome"] == "ask"
        return answer["ask_url"].removeprefix(portal.home.url)

    return question


def text(page):
    return page.get_data(as_text=True)


@pytest.mark.parametrize("purpose", LASTING)
def test_what_to_say_is_for_just_the_use_that_is_asked_about(portal, question, purpose):
    page = text(portal.reader("clinician").open(question(purpose)))
    assert "What to say" in page
    assert "Your care stays the same whatever you say." in page
    for use, lasting in LASTING.items():
        assert (lasting in page) is (use == purpose)


def test_the_leaflet_to_give_is_named_and_can_be_read_and_printed_in_every_language(portal, question):
    clinician = portal.reader("clinician")
    page = text(clinician.open(question()))
    assert "Which leaflet to give" in page
    assert "no version is published yet" in page
    read = set(re.findall(r'href="(/notices/web\?language=\w+)"', page))
    printed = set(re.findall(r'href="(/leaflet/\w+\.pdf)"', page))
    assert (len(read), len(printed)) == (10, 10)
    assert clinician.open("/leaflet/en.pdf").data.startswith(b"%PDF")
    clinician.open("/leaflet/xx.pdf", expect=404)


def test_a_clinician_is_offered_the_tablet_and_told_who_records_the_rest(portal, question):
    address = question()
    clinician = portal.reader("clinician")
    page = text(clinician.open(address))
    (tablet,) = re.findall(r'href="(/studies/[^"]+/tablet\?question=[^"]+)"', page)
    assert "way=telephone" not in page
    assert "who records it" in page
    assert 'name="requesting_clinician" value="clinician"' in re.sub(r"\s+", " ", text(clinician.open(tablet)))


def test_medical_illustration_is_offered_all_three_ways_filled_in_as_far_as_is_known(portal, question):
    illustrator = portal.reader("medical-illustration")
    page = text(illustrator.open(question()))
    assert "/tablet?question=" in page
    for way, manner in (("paper", "written"), ("telephone", "oral")):
        (form,) = re.findall(rf'href="(/studies/[^"]+/record\?[^"]*way={way})"', page.replace("&amp;", "&"))
        chosen = re.findall(r'name="(manner|level_\w+)" value="([a-z-]+)" checked', text(illustrator.open(form)))
        assert set(chosen) == {("level_print", "yes"), ("manner", manner)}


def test_a_trainer_is_told_what_is_said_and_who_asks_and_is_shown_no_way_to_a_patient(portal, question):
    page = text(portal.reader("trainer").open(question("exam", "trainer")))
    assert "What to say" in page
    assert "/tablet" not in page
    assert "/record" not in page


def test_a_question_that_is_closed_says_nothing_more_to_a_patient(portal, question):
    address = question()
    illustrator = portal.reader("medical-illustration")
    illustrator.send(address, outcome="not needed")
    assert "What to say" not in text(illustrator.open(address))
