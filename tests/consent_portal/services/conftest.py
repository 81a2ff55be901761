"""The ledger of the ledger's own tests, open for writing, and what several tests find in it."""

import pytest

from tests.consent_portal.ledger.conftest import database, study, target, template, url
from tests.consent_portal.services.told import told

__all__ = ["database", "study", "target", "template", "url"]


@pytest.fixture
def session(database):
    with database.writing() as opened:
        yield opened


@pytest.fixture
def shared(session):
    """Two people's photographs under one number."""
    return told(session, "1.1", birth="19600214"), told(session, "1.2", birth="19900930", name="OTHER^BELLA")
