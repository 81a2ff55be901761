"""The step that brings held images, on both databases: what was decided only grows and is proven."""

import uuid

import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from consent_portal.clock import to_text, utc_now
from consent_portal.database import Base, Database
from consent_portal.ledger.anchor import AnchorFile, key_of
from consent_portal.ledger.continuity import Continuity
from consent_portal.migrations import run
from consent_portal.review import rows
from consent_portal.review.drafting import DraftWanted
from consent_portal.review.model import Outcome
from consent_portal.services import verifying
from consent_portal.tasks import reviews
from tests.consent_portal.review.conftest import images_of, told
from tests.consent_portal.review.test_standing import decide
from tests.support.databases import EITHER
from tests.support.held_images import held_image

OLD_REVIEW = text(
    "INSERT INTO review (id, opened_at, decision, requested_by, role, purpose, recipient, studies, reason_given, "
    "digest, status, note, job) VALUES ('old', '2026-01-02T00:00:00.000000Z', 'd', 'dr-who', 'clinician', 'print', "
    "'self', '[]', '', 'digest', 'pending', '', 'job')"
)
TABLES = (rows.HeldImageRow, rows.HeldForRow, rows.ImageDraftRow, rows.ImageReviewRow, reviews.ReviewRow)


@pytest.fixture(params=EITHER, ids=lambda server: server.__name__)
def used(request, tmp_path):
    """A database of the step before, with a review that waits, brought to its newest shape."""
    with request.param(tmp_path) as url:
        database = Database(url)
        database.may_be_made = True
        with database.engine.execution_options(aoa_writer=True).begin() as connection:
            command.upgrade(run.config_of(connection), "0016")
            connection.execute(OLD_REVIEW)
        assert run.migrate(database) == run.newest()
        yield database
        database.close()


def test_what_people_decide_of_images_only_grows_and_is_proven(used, tmp_path):
    continuity = Continuity(used, AnchorFile(tmp_path / "anchor", key_of("secret")))
    continuity.adopt()
    continuity.attach()
    with used.writing() as session:
        told(session, held_image("a"), held_image("b"))
        for image in images_of(session):
            decide(session, image, DraftWanted((), Outcome.WITHHOLD, reason="Ünïcode", no_face=bool(image.number)))
        reviews.decide(session, "old", approve=True, user="anne", role="clinician", shown="f" * 64)
    assert verifying.examine(continuity).faults == ()
    for statement in ("UPDATE image_review SET outcome = 'release'", "DELETE FROM image_review"):
        with pytest.raises(DBAPIError, match="only grows"), used.writing() as session:
            session.execute(text(statement))
    with used.writing() as session:
        session.execute(text("UPDATE review SET shown = NULL"))
        session.execute(rows.ImageReviewRow.__table__.insert(), [_past_the_portal()])
    assert "second review old is not as it was" in " | ".join(verifying.examine(continuity).faults)
    assert "written past the portal" in " | ".join(verifying.examine(continuity).faults)


def _past_the_portal():
    told_of = {column.name: "x" for column in rows.ImageReviewRow.__table__.columns}
    now = {"id": str(uuid.uuid4()), "at": to_text(utc_now()), "ledger_head": 0, "no_face": False, "recognisable": False}
    return {**told_of, **now}


def test_the_tables_are_those_that_the_programme_knows(used):
    found = inspect(used.engine)
    for name in (table.__tablename__ for table in TABLES):
        known = {column.name for column in Base.metadata.tables[name].columns}
        assert {column["name"] for column in found.get_columns(name)} == known
        indices = {index.name for index in Base.metadata.tables[name].indexes}
        assert indices <= {index["name"] for index in found.get_indexes(name)}
