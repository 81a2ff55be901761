"""Leaving events about other studies unread changes nothing of what stands for a study."""

from datetime import date

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as given_any
from hypothesis import strategies as st

from consent_portal.clock import utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.kinds.continuity import ContinuityAccepted
from consent_portal.ledger.projection import project
from consent_portal.ledger.scope import Item, Scope, ScopeKind
from tests.support.consent import given, levels

UIDS, ORDERS = ("1.1", "1.2", "1.11"), ("", "A%_1", 'A"\\1', "A1")
scopes = st.builds(
    Scope,
    kind=st.sampled_from(ScopeKind),
    study_uid=st.sampled_from(UIDS),
    accession=st.sampled_from(ORDERS),
    series_uid=st.just("1.9"),
    instance_uid=st.just("1.9.1"),
    episode=st.sampled_from(("E1", "E2")),
    date_from=st.sampled_from((None, date(2024, 1, 1), date(2025, 1, 1))),
)
items = st.builds(
    Item,
    study_uids=st.sampled_from(UIDS).map(lambda uid: frozenset({uid})),
    accession=st.sampled_from(ORDERS),
    episode=st.sampled_from(("", "E1")),
    study_date=st.sampled_from((None, date(2024, 6, 1))),
)
words = st.sampled_from(
    [
        (EventType.GIVEN, given("record,teaching")),
        (EventType.WITHDRAWN, p.Withdrawn(levels=levels("teaching"))),
        (EventType.INVALIDATED, p.Invalidated(reason="Another patient")),
    ]
)
said = st.lists(st.tuples(scopes, words, st.sampled_from(("anna", "bella"))), min_size=1, max_size=8)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given_any(said, items)
def test_what_stands_for_a_study_is_the_same_whether_or_not_all_is_read(database, said, item):
    with database.writing() as session:
        for scope, (kind, payload), patient in said:
            earlier = store.events_about(session, patient) if kind is EventType.INVALIDATED else []
            about = earlier[-1] if earlier else None
            draft = Draft(kind, patient, about.scope if about else scope, payload, utc_now(), "me")
            store.append(session, Draft(**{**vars(draft), "supersedes": about.id if about else None}))
        at = utc_now()
        every = store.events_about_all(session, ["anna"], sorted(item.study_uids))
        counting = store.events_that_count(session, ["anna"], item)
        assert {event.id for event in every if event.scope.touches(item)} <= {event.id for event in counting}
        assert project(every, item, at, None) == project(counting, item, at, None)
        session.rollback()


@pytest.mark.parametrize("is_accepted", [False, True])
def test_everything_is_read_where_the_ledgers_time_went_back(database, is_accepted):
    with database.writing() as session:
        other = Draft(EventType.GIVEN, "anna", Scope.study("1.2"), given("record"), utc_now(), "me")
        store.append(session, other)
        if is_accepted:
            accepted = ContinuityAccepted(what="clock", accepted_by="Dr Who", reason="It was ahead", missing="")
            store.append(session, Draft(EventType.CONTINUITY_ACCEPTED, "", Scope.patient(), accepted, utc_now(), "me"))
        read = store.events_that_count(session, ["anna"], Item(study_uids=frozenset({"1.1"})))
        assert bool(read) is is_accepted
