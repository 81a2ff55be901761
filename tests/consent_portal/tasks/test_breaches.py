"""Breaches: one for each recall that is overdue, whoever looks; a history that only grows (R56)."""

from datetime import date, timedelta

import pytest

from consent_portal import daily
from consent_portal.clock import utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.events import Draft, EventType
from consent_portal.services import consent
from consent_portal.tasks import breaches, recalls
from consent_portal.tasks.breaches import BreachRefused
from tests.consent_portal.ledger.conftest import database, released, study, target, template, url
from tests.support.clocks import today
from tests.support.patience import until
from tests.support.portal import PortalHome, served
from tests.support.recalls import age_recalls

__all__ = ["database", "study", "target", "template", "url"]


@pytest.fixture
def taken_back(database, target):
    """A release that was called back."""
    with database.writing() as session:
        draft = Draft(EventType.RELEASED, target.patient_key, target.scope, released(), utc_now(), "engine")
        left = store.append(session, draft)
        consent.withdraw(session, target, p.Withdrawn(), "receptionist")
    return left


def opened(database):
    with database.reading() as session:
        return breaches.every(session)


def test_a_recall_knows_who_has_the_copy(database, taken_back):
    with database.reading() as session:
        (recall,) = recalls.held_by(session, "CLINICIAN")
        assert (recall.holder, recall.released_event) == ("clinician", taken_back.id)
        assert recalls.held_by(session, "somebody") == recalls.held_by(session, "") == []


def test_a_copy_that_went_to_a_registered_place_is_on_no_person_s_list(database, target):
    with database.writing() as session:
        payload = released(recipient="city-university")
        draft = Draft(EventType.RELEASED, target.patient_key, target.scope, payload, utc_now(), "engine")
        store.append(session, draft)
        consent.withdraw(session, target, p.Withdrawn(), "receptionist")
        (recall,) = recalls.waiting(session)
        assert recall.holder == ""
        assert recalls.held_by(session, "clinician") == []
        with pytest.raises(recalls.NotYours):
            recalls.confirm_own(session, recall.id, "clinician")


@pytest.mark.parametrize(("age", "count"), [(0, 0), (14, 0), (15, 1), (400, 1)])
def test_a_recall_is_overdue_from_the_day_after_its_last(database, taken_back, age, count):
    age_recalls(database, age)
    for _again in range(3):
        daily.look(database, 14)
    assert len(opened(database)) == count


def test_two_who_look_at_once_open_one_breach(database, taken_back):
    age_recalls(database, 30)
    with database.writing() as session:
        assert breaches.open_overdue(session, 14) == 1
        assert breaches.open_overdue(session, 14) == 0
    with database.reading() as session:
        assert store.verify_ledger(session).whole


def test_a_copy_that_is_deleted_after_its_day_stays_a_breach_until_somebody_closes_it(database, taken_back):
    age_recalls(database, 30)
    daily.look(database, 14)
    with database.writing() as session:
        (recall,) = recalls.waiting(session)
        recalls.confirm_own(session, recall.id, "clinician")
    (breach,) = opened(database)
    assert breach.is_open
    assert breach.told.recall == recall.id
    with database.writing() as session:
        breaches.close(session, breach.id, p.BreachClosed(reason="Deleted four days late"), "guardian")
    daily.look(database, 14)
    (closed,) = opened(database)
    assert (closed.is_open, closed.reason, closed.closing.recorded_by) == (False, "Deleted four days late", "guardian")


def test_a_closed_breach_takes_nothing_more(database, taken_back):
    told = p.BreachOpened(what="Found on a website", found_on=today())
    with database.writing() as session:
        breach = breaches.report(session, told, "guardian", taken_back)
        breaches.note(session, breach.id, p.BreachNoted(done="Told the SIRO", on=today()), "guardian")
        breaches.close(session, breach.id, p.BreachClosed(reason="Taken down"), "guardian")
        with pytest.raises(BreachRefused, match="closed"):
            breaches.note(session, breach.id, p.BreachNoted(done="More", on=today()), "guardian")
        with pytest.raises(BreachRefused, match="closed"):
            breaches.close(session, breach.id, p.BreachClosed(reason="Again"), "guardian")
        with pytest.raises(LookupError):
            breaches.close(session, "nothing", p.BreachClosed(reason="Again"), "guardian")


def test_nothing_of_a_breach_lies_in_the_future(database):
    tomorrow = today() + timedelta(days=1)
    with database.writing() as session:
        with pytest.raises(BreachRefused, match="future"):
            breaches.report(session, p.BreachOpened(what="Seen", found_on=tomorrow), "guardian")
        breach = breaches.report(session, p.BreachOpened(what="Seen", found_on=date(2025, 1, 1)), "guardian")
        with pytest.raises(BreachRefused, match="future"):
            breaches.note(session, breach.id, p.BreachNoted(done="Rang", on=tomorrow), "guardian")


def test_a_portal_that_nobody_opens_records_the_breach_by_itself(tmp_path, database, taken_back, url):
    age_recalls(database, 30)
    home = PortalHome(tmp_path / "home", "http://127.0.0.1:9", ("aoa-portal", "unused")).make()
    home.settings_file.write_text(home.settings_file.read_text().replace("sqlite:///portal/portal.sqlite", url))
    with served(home):
        until(lambda: opened(database), "the breach to be recorded")
    assert [breach.opened.recorded_by for breach in opened(database)] == ["system"]
