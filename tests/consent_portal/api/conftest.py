"""A served portal over a real socket, its ledger at hand, and a client that shows the engine's token."""

import json

import pytest

from consent_portal.contract import Subject
from consent_portal.database import Database
from consent_portal.ledger import payloads as p
from consent_portal.ledger.levels import Level
from consent_portal.registers import studies
from consent_portal.services import consent as commands
from consent_portal.services.target import Target
from tests.support.api import EngineClient
from tests.support.consent import given
from tests.support.portal import PortalHome, served

NOWHERE = "http://127.0.0.1:9"
"""An Orthanc that never answers: the engine tells the portal all that it needs."""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("portal")
    made = PortalHome(folder, NOWHERE, ("aoa-portal", "unused"), extra='[gate.destinations]\nTEACHPACS = "teaching"')
    with served(made.make().prepare()) as running:
        yield running


@pytest.fixture(scope="module")
def database(home):
    opened = Database(f"sqlite:///{home.folder}/portal/portal.sqlite")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def engine(home):
    return EngineClient(home.url, (home.folder / "secrets" / "portal-token").read_text(encoding="utf-8"))


class Illustrator:
    """Records consent beside the running portal, as the command line does."""

    def __init__(self, database):
        self.database = database

    def _target(self, session, subject):
        study = studies.register(session, Subject.model_validate_json(json.dumps(subject)))
        return Target.study(study.patient_key, study.study_uid)

    def records(self, subject, accepted, declined="", **fields):
        with self.database.writing() as session:
            return commands.record(
                session, self._target(session, subject), given(accepted, declined, **fields), "illustrator"
            )

    def withdraws(self, subject, *names):
        wanted = tuple(Level(name) for name in names) or tuple(Level)
        with self.database.writing() as session:
            return commands.withdraw(session, self._target(session, subject), p.Withdrawn(levels=wanted), "illustrator")


@pytest.fixture
def illustrator(database):
    return Illustrator(database)
