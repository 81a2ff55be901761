"""A ledger with held images in it, and reviewers."""

import json
import shutil

import pytest

from consent_portal.contract import HeldImages
from consent_portal.database import Database
from consent_portal.migrations.run import migrate
from consent_portal.policy.load import load_policy
from consent_portal.registers import studies
from consent_portal.review import lists, telling
from consent_portal.review.model import Reviewer
from consent_portal.services.context import Site
from tests.support.api import STUDY
from tests.support.held_images import held

SITE = Site(load_policy())
ANNE, BEN = Reviewer("anne", "clinician"), Reviewer("ben", "medical-illustration")


def told(session, *images, **fields):
    return telling.enter(session, HeldImages.model_validate_json(json.dumps(held(*images, **fields))))


def key_of(session, uid=STUDY):
    return studies.by_uid(session, uid).key


def images_of(session, uid=STUDY):
    return lists.of_study(session, key_of(session, uid), SITE)


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "portal.sqlite"
    opened = Database(f"sqlite:///{path}")
    migrate(opened)
    opened.close()
    return path


@pytest.fixture(scope="session")
def place(tmp_path_factory, template):
    """A function that gives a new ledger."""

    def made():
        path = tmp_path_factory.mktemp("review") / "portal.sqlite"
        shutil.copy(template, path)
        return Database(f"sqlite:///{path}")

    return made


@pytest.fixture
def database(place):
    opened = place()
    yield opened
    opened.close()


@pytest.fixture
def session(database):
    with database.writing() as opened:
        yield opened
