"""A real Chromium before a portal that is served as its own process, with a real Orthanc behind it."""

from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from consent_portal.orthanc import OrthancClient
from tests.support.patience import MILLISECONDS
from tests.support.portal import Archive, PortalHome, engine_over_http, running_archive, served


@dataclass
class Place:
    """The served portal, and the studies behind it."""

    home: PortalHome
    archive: Archive
    engine: object
    ct: dict
    photo: dict

    @property
    def url(self):
        return self.home.url


@contextmanager
def place_of_its_own(tmp_path_factory, **settings):
    """Give a served portal with an Orthanc behind it, and end both."""
    with running_archive(tmp_path_factory.mktemp("orthanc")) as archive:
        folder = tmp_path_factory.mktemp("portal") / "home"
        home = PortalHome(folder, archive.orthanc.url, archive.orthanc.auth, **settings).make().prepare()
        with served(home):
            client = OrthancClient(archive.orthanc.url, *archive.orthanc.auth)
            subjects = (client.study(one).model_dump(mode="json") for one in (archive.ct, archive.photo))
            yield Place(home, archive, engine_over_http(home), *subjects)


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    with place_of_its_own(tmp_path_factory) as made:
        yield made


@pytest.fixture
def somebody(place):
    """The given name of a patient who has one photograph, of whom nothing was recorded yet."""
    return place.archive.photograph_of_somebody_new()


@pytest.fixture
def visit(chromium, place):
    """Open browsers: each its own person, watched for requests to anywhere else and for errors in the console."""
    contexts, outside, complaints = [], [], []

    def as_role(role=None, **options):
        context = chromium.new_context(locale="en-GB", **options)
        contexts.append(context)
        context.set_default_timeout(MILLISECONDS)
        page = context.new_page()
        page.on("request", lambda request: None if request.url.startswith(place.url) else outside.append(request.url))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if role:
            sign_in(page, place, role)
        return page

    yield as_role
    for context in contexts:
        context.close()
    assert outside == []
    assert [said for said in complaints if "the server responded with a status of" not in said] == []


def sign_in(page, place, role):
    page.goto(f"{place.url}/login")
    page.fill("#username", role)
    page.fill("#password", place.home.passwords[role])
    page.click("main button[type=submit]")
    page.wait_for_url(f"{place.url}/")


def open_study(page, place, name):
    page.goto(f"{place.url}/studies")
    page.fill("#name", "QUIRKLEBY")
    page.click("text=Find studies")
    with page.expect_navigation():
        page.locator(f"tr:has-text('{name}') a").click()
    return page.url.removeprefix(place.url)
