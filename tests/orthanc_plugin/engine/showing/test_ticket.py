"""A ticket opens one held image, for a while, at the engine that made it."""

import secrets

import pytest

from orthanc_plugin.engine.errors import FaultsError
from orthanc_plugin.engine.showing.ticket import LONGEST, Ticket, image_key, seal, unseal

KEY = bytes(range(32))
TICKET = Ticket("0" * 8 + "-orthanc-id", "ab" * 32, "writing", "writing in its pixels cannot be covered", 1.5e9)


def test_a_ticket_opens_what_it_was_made_for_and_shows_nothing_of_it():
    text = seal(KEY, TICKET)
    assert unseal(KEY, text) == TICKET
    assert text.isascii()
    assert "orthanc-id" not in text
    assert "orthanc-id" not in repr(TICKET)
    assert seal(KEY, TICKET) != text


@pytest.mark.parametrize("change", [lambda t: t[:-8], lambda t: t[8:], lambda t: "A" + t[1:], lambda t: t + "AAAA"])
def test_a_changed_ticket_opens_nothing(change):
    text = seal(KEY, TICKET)
    changed = change(text)
    if changed == text:
        changed = "B" + text[1:]
    with pytest.raises(FaultsError) as fault:
        unseal(KEY, changed)
    assert fault.value.faults[0][0] == "ticket"


@pytest.mark.parametrize("given", [None, "", 7, [], {}, "ü", "=" * 40, "A" * (LONGEST + 1), "A" * 64, b"x"])
def test_what_is_no_ticket_opens_nothing(given):
    with pytest.raises(FaultsError):
        unseal(KEY, given)


def test_another_projects_ticket_opens_nothing():
    with pytest.raises(FaultsError):
        unseal(KEY, seal(secrets.token_bytes(32), TICKET))


def test_the_portal_knows_an_image_by_a_key_that_tells_no_uid_and_differs_by_project():
    one = image_key(KEY, "1.2.3")
    assert one == image_key(KEY, "1.2.3")
    assert len({one, image_key(KEY, "1.2.4"), image_key(bytes(32), "1.2.3")}) == 3
    assert len(one) == 64
