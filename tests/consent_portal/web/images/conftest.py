"""A portal with the engine's real routes to pictures behind it, and recordings with a name in them."""

import dataclasses
import html
import io
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from tests.consent_portal.web.conftest import Portal
from tests.support.looking import Looking, recording, running, settings_of

TOKEN = "pictures" * 6
IMAGES = re.compile(r'href="([^"]*\?image=[^"#]*)"')


@pytest.fixture(scope="module")
def looking(archive, tmp_path_factory):
    with running(Looking(archive.orthanc, tmp_path_factory.mktemp("engine"), TOKEN)) as served:
        yield served


@pytest.fixture
def recordings(looking):
    """Orthanc's id of a study of this test's own with two cines of a size and a still of another."""
    first = recording(frames=4)
    own = {"StudyInstanceUID": first.StudyInstanceUID, "SeriesInstanceUID": first.SeriesInstanceUID}
    looking.upload(recording(frames=4, InstanceNumber=2, **own))
    looking.upload(recording(frames=1, rows=90, InstanceNumber=3, **own))
    return looking.upload(first)


@pytest.fixture(scope="module")
def portal(tmp_path_factory, archive, prepared, looking):
    """A portal that is told where its engine is, for a module: each test has a study of its own."""
    folder = tmp_path_factory.mktemp("images") / "home"
    shutil.copytree(prepared.folder, folder)
    home = dataclasses.replace(prepared, folder=folder)
    (home.folder / "secrets" / "pictures-token").write_text(TOKEN)
    text = home.settings_file.read_text()
    home.settings_file.write_text(text.replace("[portal]", f"[portal]\n{settings_of(looking)}", 1))
    made = Portal(home, archive)
    yield made
    made.parts.database.close()


@pytest.fixture(scope="module")
def illustrator(portal):
    return portal.reader("medical-illustration")


@pytest.fixture(scope="module")
def clinician(portal):
    return portal.reader("clinician")


@pytest.fixture(scope="module")
def guardian(portal):
    return portal.reader("caldicott-guardian")


def tell(portal, body):
    status, answer = portal._post("/api/v1/held-images", body)
    assert status == 200, answer
    return answer


@pytest.fixture
def held(portal, looking, recordings):
    """The address of a study whose images the engine holds for writing."""
    tell(portal, looking.hold(recordings))
    return f"/images/{portal.study(recordings).key}"


def text_of(answer):
    return html.unescape(answer.get_data(as_text=True))


def images_of(reader, study):
    """Return the addresses of the images of a study, in their order."""
    return list(dict.fromkeys(IMAGES.findall(text_of(reader.open(study)))))


def picture_of(page):
    """Return the address of the picture that a page shows."""
    return re.search(r'<img class="viewer-picture"[^>]* src="([^"]+)"', text_of(page)).group(1)


def pixels(answer):
    assert answer.mimetype == "image/png", answer.get_data(as_text=True)
    with Image.open(io.BytesIO(answer.data)) as image:
        return np.asarray(image.convert("L"))


def form_of(page):
    """Return the fields of the form in which an image is drawn on, as a browser without script sends them."""
    form = re.search(r'<form[^>]* id="decision".*?</form>', text_of(page), re.DOTALL).group()
    form = re.sub(r"<template.*?</template>", "", form, flags=re.DOTALL)
    fields = {name: [] for name in ("left", "top", "width", "height", "frame")}
    for tag in re.findall(r"<input\b[^>]*>|<select\b.*?</select>|<textarea\b.*?</textarea>", form, re.DOTALL):
        name = re.search(r'name="([^"]+)"', tag).group(1)
        kind = re.search(r'type="([^"]+)"', tag)
        if kind and kind.group(1) in {"radio", "checkbox"} and " checked" not in tag:
            continue
        if tag.startswith("<textarea"):
            fields[name] = [re.sub(r"<[^>]*>", "", tag)]
            continue
        chosen = re.search(r'value="([^"]*)" selected', tag) if tag.startswith("<select") else None
        value = re.search(r'value="([^"]*)"', tag)
        fields.setdefault(name, []).append(chosen.group(1) if chosen else value.group(1) if value else "")
    return fields


def press(reader, image, act, *, form=None, **fields):
    """Press a button of an image's page, with these fields changed; gives the page that it leads to."""
    sent = {**(form or form_of(reader.open(image))), **fields, "act": act}
    address = image.replace("?image=", "/").split("&")[0]
    answer = reader.browser.post(address, data=sent, follow_redirects=True)
    return reader._checked(answer, 200)
