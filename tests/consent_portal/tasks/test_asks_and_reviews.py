"""Work that waits for people."""

from dataclasses import replace

import pytest

from consent_portal.tasks import asks, reviews
from consent_portal.tasks.reviews import ReviewRefused
from tests.consent_portal.ledger.conftest import database, template, url

__all__ = ["database", "template", "url"]
ASK = asks.Wanted(
    decision="d-1",
    requested_by="dr-who",
    role="clinician",
    purpose="teaching",
    recipient="self",
    studies=("study-key",),
    questions=(asks.ToAsk("the patient", "agreement"),),
    reasons=(asks.AskReason("R38", "It was not chosen.", "S1 L29-31"),),
    reason_given="meeting",
    digest="digest-1",
)
REVIEW = reviews.Wanted(
    job="job-1",
    digest="digest-1",
    decision="d-1",
    requested_by="dr-who",
    role="clinician",
    purpose="print",
    recipient="self",
    studies=("study-key",),
    reason_given="atlas",
)


def test_a_question_is_opened_once_and_found_by_its_asker(database):
    with database.writing() as session:
        first = asks.open_ask(session, ASK)
        assert asks.open_ask(session, replace(ASK, decision="d-2")).id == first.id
        other = asks.open_ask(session, replace(ASK, requested_by="somebody", digest="digest-2"))
        assert [one.id for one in asks.waiting(session, "dr-who")] == [first.id]
        assert [one.id for one in asks.waiting(session)] == [first.id, other.id]
        assert asks.get(session, first.id) == replace(first, decision="d-2")  # the export that waits for it
        assert first.questions == ASK.questions
        assert first.reasons == ASK.reasons


def test_a_closed_question_stays_closed_and_a_new_one_may_be_opened(database):
    with database.writing() as session:
        first = asks.open_ask(session, ASK)
        closed = asks.close(session, first.id, "declined", "illustrator", "said no")
        assert (closed.status, closed.outcome, closed.closed_by) == ("closed", "declined", "illustrator")
        assert asks.waiting(session) == []
        with pytest.raises(ValueError, match="closed"):
            asks.close(session, first.id, "agreed", "illustrator")
        assert asks.open_ask(session, ASK).id != first.id


def test_an_outcome_must_be_one_of_those_there_are(database):
    with database.writing() as session:
        first = asks.open_ask(session, ASK)
        with pytest.raises(ValueError, match="agreed"):
            asks.close(session, first.id, "whatever", "illustrator")
        with pytest.raises(LookupError):
            asks.close(session, "nothing", "agreed", "illustrator")


@pytest.mark.parametrize("name", ["dr-who", "DR-WHO"])
def test_nobody_reviews_what_they_asked_for_themselves(database, name):
    with database.writing() as session:
        review = reviews.open_review(session, REVIEW)
        with pytest.raises(ReviewRefused, match="another person"):
            reviews.decide(session, review.id, approve=True, user=name, role="caldicott-guardian")
        assert reviews.get(session, review.id).status == "pending"


@pytest.mark.parametrize("role", ["trainer", "administrator", "department-admin", "engine", ""])
def test_only_those_who_may_release_review(database, role):
    with database.writing() as session:
        review = reviews.open_review(session, REVIEW)
        with pytest.raises(ReviewRefused, match="role"):
            reviews.decide(session, review.id, approve=True, user="other", role=role)


def test_a_review_is_decided_once(database):
    with database.writing() as session:
        review = reviews.open_review(session, REVIEW)
        done = reviews.decide(
            session, review.id, approve=False, user="guardian", role="caldicott-guardian", note="text"
        )
        assert (done.status, done.reviewed_by, done.note) == ("refused", "guardian", "text")
        with pytest.raises(ReviewRefused, match="already"):
            reviews.decide(session, review.id, approve=True, user="guardian", role="caldicott-guardian")
        with pytest.raises(LookupError):
            reviews.decide(session, "nothing", approve=True, user="guardian", role="caldicott-guardian")


def test_a_review_belongs_to_one_request_of_one_job(database):
    with database.writing() as session:
        review = reviews.open_review(session, REVIEW)
        assert reviews.open_review(session, REVIEW).id == review.id
        assert reviews.open_review(session, replace(REVIEW, digest="other")).id != review.id
        assert reviews.get(session, review.id).digest == REVIEW.digest
        assert len(reviews.waiting(session)) == 2
