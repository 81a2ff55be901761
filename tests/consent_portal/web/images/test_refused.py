"""What is refused is said in the language of whoever reads it; names and numbers stay as they are."""

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import force_locale

from consent_portal.review import acting, refusals
from consent_portal.review.model import Draft, Outcome
from consent_portal.review.refusals import DraftMoved, NothingToUndo, NotPossible
from consent_portal.web.frame import translations
from consent_portal.web.images.refused import words_of

WELSH = {
    acting._MEANWHILE: "Penderfynodd %(by)s: %(outcome)s.",
    acting._NOT_NEEDED: "Dim angen. %(why)s",
    acting._OUTSIDE: "Maint: %(columns)d x %(rows)d (%(frames)d).",
    refusals._MOVED_BY: "Newidiwyd gan %(by)s.",
    "There is nothing to undo for this image.": "Dim i'w ddadwneud.",
    "it may leave": "caiff adael",
    "The patient took it back.": "Tynnodd y claf yn ôl.",
    "ben": "mynydd",
}


@pytest.fixture
def app(tmp_path):
    folder = tmp_path / "cy" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalog = Catalog(locale="cy")
    for text, said in WELSH.items():
        catalog.add(text, said)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    made = Flask(__name__)
    made.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path)
    translations.install(made)
    return made


@pytest.mark.parametrize(
    ("refused", "english", "welsh"),
    [
        (
            NotPossible(acting._MEANWHILE, by="ben", outcome=Outcome.RELEASE),
            "ben decided this image meanwhile: it may leave. Yours was not recorded.",
            "Penderfynodd ben: caiff adael.",
        ),
        (
            NotPossible(acting._NOT_NEEDED, why="The patient took it back."),
            "This image is not needed any more, and nothing of yours was recorded. The patient took it back.",
            "Dim angen. Tynnodd y claf yn ôl.",
        ),
        (
            NotPossible(acting._OUTSIDE, columns=640, rows=480, frames=4),
            "An area is empty or reaches outside the image (640 x 480 pixels, frames: 4). Correct it.",
            "Maint: 640 x 480 (4).",
        ),
        (
            DraftMoved(Draft(1, (), by="100% ben"), "1"),
            "This image was changed by 100% ben since you opened it, so yours was not saved. Look at what stands now, "
            "and add what is missing.",
            "Newidiwyd gan 100% ben.",
        ),
        (NothingToUndo("1"), "There is nothing to undo for this image.", "Dim i'w ddadwneud."),
    ],
)
def test_a_refusal_is_said_in_the_readers_language(app, refused, english, welsh):
    for language, words in (("en", english), ("cy", welsh)):
        with app.test_request_context(), force_locale(language):
            assert words_of(refused) == words
