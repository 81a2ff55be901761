"""A form is one act: whoever sends it twice, at once or by going back, records it once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.consent_portal.web.conftest import tokens_of

TAKEN_BACK = {
    "right_patient": "y", "everything": "all", "told_by": "patient", "received": "by telephone",
    "told_on": "2025-06-05", "scope": "study", "reason": "No reason given",
}  # fmt: skip


def _types(portal):
    return [str(event.type) for event in portal.events()]


def _filled_in(reader, address, said):
    return {**tokens_of(reader.browser.get(address)), **said}


def test_a_form_that_is_sent_twice_is_recorded_once_and_says_so(portal, said):
    reader, address = portal.reader("medical-illustration"), f"/studies/{portal.photo.key}/record"
    form = _filled_in(reader, address, said)
    first = reader.browser.post(address, data=form)
    again = reader.browser.post(address, data=form, follow_redirects=True)
    assert first.status_code == 302
    assert "had been sent already" in again.get_data(as_text=True)
    assert again.request.path == first.location
    assert _types(portal) == ["GIVEN"]


def test_a_form_that_is_sent_by_two_presses_at_once_is_recorded_once(portal, said):
    reader, address = portal.reader("medical-illustration"), f"/studies/{portal.photo.key}/record"
    form = _filled_in(reader, address, said)
    cookies = {"Cookie": f"aoa_portal={reader.browser.get_cookie('aoa_portal').value}"}

    def press(_number):
        return portal.app.test_client(use_cookies=False).post(address, data=form, headers=cookies).status_code

    with ThreadPoolExecutor(4) as presses:
        answers = list(presses.map(press, range(4)))
    assert set(answers) <= {302, 409}
    assert _types(portal) == ["GIVEN"]


def test_a_form_that_was_refused_for_a_fault_can_be_sent_again(portal, said):
    reader, address = portal.reader("medical-illustration"), f"/studies/{portal.photo.key}/record"
    form = _filled_in(reader, address, said)
    refused = reader.browser.post(address, data={**form, "requesting_clinician": ""})
    assert "Enter the requesting clinician" in refused.get_data(as_text=True)
    assert reader.browser.post(address, data=form).status_code == 302
    assert _types(portal) == ["GIVEN"]


def test_a_withdrawal_that_is_sent_twice_is_recorded_once(portal):
    reader, address = portal.reader("clinician"), f"/studies/{portal.photo.key}/withdraw"
    form = _filled_in(reader, address, TAKEN_BACK)
    for _time in range(2):
        reader.browser.post(address, data=form)
    assert _types(portal) == ["WITHDRAWN"]


def test_a_form_without_a_token_or_with_anothers_records_nothing(portal, said):
    reader, other = portal.reader("medical-illustration"), portal.reader("caldicott-guardian")
    address = f"/studies/{portal.photo.key}/record"
    form = _filled_in(reader, address, said)
    theirs = tokens_of(other.browser.get("/account/password"))["form_token"]
    for wrong in ("", "made-up", theirs):
        assert reader.browser.post(address, data={**form, "form_token": wrong}).status_code == 400
    assert portal.events() == []


class Desk:
    """Two people with forms about one study on their screens, each of which may be sent more than once."""

    def __init__(self, portal, said):
        self.portal, self.opened = portal, []
        self.said = {"record": said, "withdraw": TAKEN_BACK}
        self.people = [portal.reader("medical-illustration"), portal.reader("caldicott-guardian")]
        self.study = f"/studies/{portal.photo.key}"

    def open(self, page, person):
        address = f"{self.study}/{page}"
        reader = self.people[0 if page == "record" else person]
        self.opened.append((reader, address, _filled_in(reader, address, self.said[page])))

    def send(self, place):
        if self.opened:
            reader, address, form = self.opened[place % len(self.opened)]
            reader.browser.post(address, data=form)


steps = st.one_of(
    st.tuples(st.just("open"), st.sampled_from(["record", "withdraw"]), st.integers(0, 1)),
    st.tuples(st.just("send"), st.integers(0, 3)),
    st.tuples(st.just("send"), st.integers(0, 1)),
)


@pytest.fixture
def desk(portal, said):
    return Desk(portal, said)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=4, max_size=10))
@example([("open", "withdraw", 0), ("send", 0), ("send", 0)])
@example([("open", "withdraw", 0), ("open", "record", 0), ("send", 1), ("send", 0), ("open", "record", 0), ("send", 2),
          ("send", 0)])  # fmt: skip
def test_whatever_is_sent_again_no_form_is_recorded_twice(desk, sequence):
    desk.opened, before = [], len(desk.portal.events())
    sent = set()
    for act, *operands in sequence:
        getattr(desk, act)(*operands)
        if act == "send" and desk.opened:
            sent.add(operands[0] % len(desk.opened))
        assert len(desk.portal.events()) - before <= len(sent)
