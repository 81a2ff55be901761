"""Whoever has to have a second factor has shown it before asking for a release; care is never held up (F6, H3)."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from consent_portal.clock import from_text, to_text
from consent_portal.policy.load import load_policy
from consent_portal.services.factor_rule import FactorRule
from consent_portal.services.users.browsers import WebSession
from tests.consent_portal.web.people.test_second_factor import APP, is_in, number_of, set_up, strict
from tests.consent_portal.web.routes import CLINICIAN, SYSTEM
from tests.support.portal import ROLES
from tests.support.second_factor import App

__all__ = ["strict"]
PURPOSES = load_policy().purposes
CARE = sorted(key for key, purpose in PURPOSES.items() if purpose.is_care)
WANTED = "Sign in at the portal with your second factor, then ask again."


@given(st.sampled_from(ROLES), st.sampled_from(sorted(PURPOSES)), st.sets(st.sampled_from(ROLES)))
def test_it_binds_the_roles_that_are_named_and_no_care(role, purpose, roles):
    binds = FactorRule(frozenset(roles)).binds(role, PURPOSES[purpose])
    assert binds == (role in roles and purpose not in CARE)


def _asked(portal, archive, purpose="teaching", intent="export", user=CLINICIAN, job=None):
    request = portal.engine.request(user, user, purpose)
    return portal.engine.ask(portal.subject(archive.ct), request, intent=intent, job=job)


def _shown(portal):
    reader = portal.reader(CLINICIAN)
    app = App.of(reader.open(APP).get_data(as_text=True))
    reader.send(APP, one_time_password=app.digits())
    assert is_in(reader)
    return reader


def _shift(portal, **by):
    accounts = portal.parts.database.accounts()
    for row in accounts.query(WebSession).filter(WebSession.factor_at.is_not(None)):
        row.factor_at = to_text(from_text(row.factor_at) - timedelta(**by))
    accounts.flush()
    portal.parts.database.accounts.remove()


def test_a_release_is_refused_with_the_next_step_until_it_is_shown_and_permitted_after(strict, archive):
    refused = _asked(strict, archive)
    assert (refused["outcome"], refused["ask_url"]) == ("deny", None)
    assert [one["rule"] for one in refused["reasons"]] == ["R69"]
    assert WANTED in refused["reasons"][0]["text"]
    strict.reader(CLINICIAN)
    assert _asked(strict, archive)["outcome"] == "deny"  # a password alone
    _shown(strict)
    assert _asked(strict, archive)["outcome"] == "permit"
    assert _asked(strict, archive, user="trainer")["outcome"] == "permit"  # a role that needs none


def test_care_is_never_held_up(strict, archive):
    told = {purpose: _asked(strict, archive, purpose) for purpose in CARE}
    assert not [one for one in told.values() if any(WANTED in reason["text"] for reason in one["reasons"])]
    assert (told["direct-care"]["outcome"], told["direct-care"]["profile"]) == ("permit", "D0")


def test_a_job_that_was_permitted_goes_on_whatever_becomes_of_the_session(strict, archive):
    reader, job = _shown(strict), "11111111-2222-4333-8444-555555555555"
    assert _asked(strict, archive, job=job)["outcome"] == "permit"
    reader.sign_out()
    assert _asked(strict, archive)["outcome"] == "deny"
    for intent in ("check", "hand-over", "export"):
        assert _asked(strict, archive, intent=intent, job=job)["outcome"] == "permit"


def test_a_refused_job_is_not_permitted_by_asking_again_under_its_number(strict, archive):
    job = "11111111-2222-4333-8444-666666666666"
    assert [_asked(strict, archive, job=job)["outcome"] for _ in range(2)] == ["deny", "deny"]


def test_it_counts_for_as_long_as_the_setting_says_even_while_the_portal_is_not_used(strict, archive):
    _shown(strict)
    accounts = strict.parts.database.accounts()
    for row in accounts.query(WebSession):
        row.seen_at = to_text(from_text(row.seen_at) - timedelta(hours=3))
    accounts.flush()
    assert _asked(strict, archive)["outcome"] == "permit"
    _shift(strict, hours=12)
    assert _asked(strict, archive)["outcome"] == "deny"


def test_a_reset_closes_releases_at_once(strict, archive):
    _shown(strict)
    system = strict.reader(SYSTEM)
    address = f"/users/{number_of(system, CLINICIAN)}"
    system.send(f"{address}/second-factor", page=system.open(address))
    assert _asked(strict, archive)["outcome"] == "deny"


def test_without_the_setting_nobody_is_held_up(portal, archive):
    set_up(portal.reader(CLINICIAN))
    assert _asked(portal, archive)["outcome"] == "permit"
