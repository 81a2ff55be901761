"""The process that sets notices: it may end, hang or refuse, and the portal goes on."""

import pytest

from consent_portal.publishing.press.press import Press, PressAway
from notices import NoticeError, Site
from tests.support.patience import PATIENCE

A4 = {"kind": "insert", "paper": "a5", "language": "en"}


@pytest.fixture
def press():
    made = Press(seconds=PATIENCE)
    yield made
    made.close()


def order(**choices):
    return {"site": Site.default().data(), "choices": {**A4, **choices}}


def test_a_notice_that_cannot_be_made_says_why_and_the_next_one_is_made(press, capfd):
    with pytest.raises(NoticeError, match="not made on a3"):
        press.make("pdf", **order(paper="a3", for_person="Anna Quirkleby"))
    with pytest.raises(PressAway):
        press.make("picture", page=99, **order(for_person="Anna Quirkleby"))
    assert press.make("pdf", **order()).data.startswith(b"%PDF")
    said = capfd.readouterr()
    assert "Quirkleby" not in said.out + said.err


def test_when_the_process_is_gone_the_next_order_starts_another(press):
    assert press.make("pages", **order()).words == {"pages": 1}
    press._process.kill()  # and nobody has noticed yet
    assert press.make("pages", **order()).words == {"pages": 1}


def test_an_order_that_takes_too_long_is_ended_and_said_so():
    press = Press(seconds=0)
    with pytest.raises(PressAway, match="Try again"):
        press.make("pdf", **order())
    press.close()
