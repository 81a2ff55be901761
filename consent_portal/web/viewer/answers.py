"""What an address of a picture answers: the picture, or a page that says why there is none."""

from collections.abc import Callable
from dataclasses import replace

from flask import Response, make_response
from flask_babel import lazy_gettext as _l

from consent_portal.engine_pictures import EngineAway, PictureGone, PictureRefused, PicturesError
from consent_portal.web.frame import errors

LATE = errors.Explanation(
    _l("This picture's address has run out"),
    _l("A picture is shown for a quarter of an hour after its page was opened, so that no address of it can be kept."),
    _l("Open the page again: it comes with new pictures. What was saved there is still saved."),
)
FOREIGN = errors.Explanation(
    _l("This picture's address is not yours"),
    _l("A picture is shown only to the person whose page it stands on, and only while they are signed in."),
    _l("Open the page itself. If your work needs it and you cannot, ask your system administrator about your role."),
)
OVER = errors.Explanation(
    _l("This picture is not shown any more"),
    _l("It has been decided, or what it was wanted for is over. Held pictures are shown only until then."),
    _l("Go back to the list of images. To have it looked at again, ask for the export again."),
)
GONE = errors.Explanation(
    _l("This picture is not there any more"),
    _l("The image has left the archive or has changed since it was held, so nothing of it is shown."),
    _l("Ask for the export again: then the image is looked at as it is now."),
)
REFUSED = errors.Explanation(
    _l("This picture cannot be shown so"),
    _l(
        "The engine could not draw the picture, or could not cover these areas in the way in which the image is stored."
    ),
    _l("Look at it without the areas, or withhold the image and say why."),
)
AWAY = errors.Explanation(
    _l("Pictures cannot be shown at present"),
    _l("The part that draws the pictures is not answering, or none is set. Nothing was changed, and nothing leaves."),
    _l("Try again in a few minutes. If it stays so, tell your system administrator."),
)


def words_of(error: PicturesError) -> tuple[int, errors.Explanation]:
    """Return the status and the words for what the engine could not do."""
    if isinstance(error, PictureGone):
        return 410, _with(GONE, error)
    if isinstance(error, PictureRefused):
        return 409, _with(REFUSED, error)
    assert isinstance(error, EngineAway | PicturesError)  # noqa: S101  (there is no other kind)
    return 503, AWAY


def _with(words: errors.Explanation, error: PicturesError) -> errors.Explanation:
    return replace(words, happened=f"{words.happened} {error}")


def png_of(ask: Callable[[], bytes]) -> Response:
    """Return the picture that `ask` fetches from the engine, or the page that says why there is none."""
    try:
        picture = ask()
    except PicturesError as error:
        return errors.page(*words_of(error))
    answer = make_response(picture)
    answer.headers["Content-Type"] = "image/png"
    answer.headers["Content-Disposition"] = "inline"
    return answer
