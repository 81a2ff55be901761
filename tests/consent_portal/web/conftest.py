"""A real portal app with its own database, a real Orthanc behind it, and a client that checks every page it opens."""

import dataclasses
import re
import shutil
from contextlib import contextmanager

import pytest
from flask_security import hash_password

from consent_portal.accounts import User
from consent_portal.app import create_app, parts
from consent_portal.ledger import store
from consent_portal.ledger.events import EventType
from consent_portal.ledger.levels import Level
from consent_portal.registers import studies
from consent_portal.services import queries
from consent_portal.settings import Settings
from consent_portal.web.people import signin
from tests.consent_portal.web.page_check import faults_of
from tests.support.portal import Engine, PortalHome, running_archive

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FORM_TOKEN = re.compile(r'name="form_token"[^>]*value="([^"]+)"')
RECORD_HEAD = re.compile(r'name="record_head"[^>]*value="([^"]+)"')


def tokens_of(page):
    """Return the hidden fields of the first form of a page that has them."""
    return hidden_fields_of(page.get_data(as_text=True))


def hidden_fields_of(text):
    """Return the hidden fields of the first form in a page's text."""
    found = {"csrf_token": TOKEN.search(text), "form_token": FORM_TOKEN.search(text)}
    found["record_head"] = RECORD_HEAD.search(text)
    return {name: match.group(1) for name, match in found.items() if match}


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    with running_archive(tmp_path_factory.mktemp("orthanc")) as filled:
        yield filled


CHEAPEST = {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}


@contextmanager
def cheap_passwords():
    """Let what is built meanwhile use argon2 at its smallest cost: hundreds of people sign in here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(signin.CONFIG, "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS", CHEAPEST)
        yield


class Reader:
    """A person at a browser without script: follows forms, and refuses a page that is not well made."""

    def __init__(self, app, role, password):
        self.role, self.password = role, password
        self.browser = app.test_client()

    def open(self, address, expect=200):
        return self._checked(self.browser.get(address, follow_redirects=True), expect)

    def send(self, address, page=None, expect=200, follow=True, **fields):
        """Fill in the form of a page (by default the one at `address`) and send it."""
        data = {**tokens_of(page or self.browser.get(address, follow_redirects=True)), **fields}
        answer = self.browser.post(address, data=data, follow_redirects=follow)
        return self._checked(answer, expect) if follow else answer

    def _checked(self, answer, expect):
        assert answer.status_code == expect, answer.get_data(as_text=True)[:2000]
        if answer.mimetype == "text/html" and not answer.request.path.startswith("/notices/"):
            assert faults_of(answer.get_data(as_text=True)) == [], answer.request.path
        return answer

    def sign_in(self, password=None):
        return self.send("/login", username=self.role, password=password or self.password)

    def sign_out(self):
        return self.send("/logout", page=self.browser.get("/"))


class Portal:
    """The app under test, with its people."""

    def __init__(self, home, archive):
        self.home, self.archive = home, archive
        with cheap_passwords():
            self.app = create_app(Settings.load(home.settings_file))
        self.parts = parts(self.app)
        self.engine = Engine(self._post)

    def _post(self, path, body):
        token = (self.home.folder / "secrets" / "portal-token").read_text()
        answer = self.app.test_client().post(path, json=body, headers={"Authorization": f"Bearer {token}"})
        return answer.status_code, answer.get_json()

    def reader(self, role):
        """Return somebody of that role, signed in."""
        reader = self.stranger(role)
        reader.sign_in()
        return reader

    def stranger(self, role="clinician"):
        """Return somebody who has not signed in."""
        return Reader(self.app, role, self.home.passwords[role])

    def subject(self, orthanc_id):
        """Return a study of the archive as the engine tells of it."""
        return self.parts.orthanc.study(orthanc_id).model_dump(mode="json")

    def study(self, orthanc_id):
        """Register a study of the archive and return it."""
        with self.parts.database.writing() as session:
            return studies.register(session, self.parts.orthanc.study(orthanc_id))

    @property
    def ct(self):
        return self.study(self.archive.ct)

    @property
    def photo(self):
        return self.study(self.archive.photo)

    def events(self):
        """Return all that the ledger holds but the opening of the accounts, which every portal begins with."""
        with self.parts.database.reading() as session:
            return store.events_of_type(session, *(kind for kind in EventType if kind is not EventType.ACCOUNT_CHANGED))

    def state(self, study, level):
        """Return the answer that stands for a level."""
        with self.parts.database.reading() as session:
            return str(queries.status(session, study).state(Level(level)))


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, archive):
    home = PortalHome(tmp_path_factory.mktemp("prepared") / "home", archive.orthanc.url, archive.orthanc.auth)
    portal = Portal(home.make().prepare(), archive)
    with portal.app.app_context(), portal.parts.database.writing() as session:
        for user in session.query(User):
            user.password = hash_password(home.passwords[user.username])
    portal.parts.database.close()
    return home


@pytest.fixture
def portal(tmp_path, archive, prepared):
    """A portal of its own for each test, as an operator's commands prepared it."""
    shutil.copytree(prepared.folder, tmp_path / "home")
    made = Portal(dataclasses.replace(prepared, folder=tmp_path / "home"), archive)
    yield made
    made.parts.database.close()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory, archive, prepared):
    """A portal that the tests of a module share: for what must leave nothing behind."""
    folder = tmp_path_factory.mktemp("lasting") / "home"
    shutil.copytree(prepared.folder, folder)
    made = Portal(dataclasses.replace(prepared, folder=folder), archive)
    yield made
    made.parts.database.close()


@pytest.fixture
def said():
    """A filled-in consent form: yes to the record and to teaching, no to the internet."""
    return {
        "right_patient": "y",
        "level_record": "yes",
        "level_teaching": "yes",
        "level_print": "not-chosen",
        "level_internet": "no",
        "requesting_clinician": "Dr Okafor",
        "discussed_on": "2025-06-05",
        "grantor": "patient",
        "capacity": "yes",
        "manner": "written",
        "scope": "study",
        "form_version": "CF-7",
        "leaflet_version": "other",
        "leaflet_other": "L-3",
    }
