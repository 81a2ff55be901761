"""A device rule from what was drawn on one image, for who looks after the programme to try and to add."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from consent_portal.engine_pictures import EngineAway, PicturesError
from consent_portal.parts import parts
from consent_portal.registers.studies import Study
from consent_portal.review.model import HeldImage
from consent_portal.web.frame.access import allowed
from consent_portal.web.frame.looks import looked_at
from consent_portal.web.identity.study_words import study_view
from consent_portal.web.images.finding import REVIEWERS, chosen, of_study
from consent_portal.web.images.present import name_of
from consent_portal.web.viewer.person import person

blueprint = Blueprint("image_rule", __name__, template_folder="templates", url_prefix="/images")
FILE = "device-rule.toml"


@blueprint.get("/<uuid:study>/<uuid:image>/rule")
@allowed(*REVIEWERS)
def show(study: Any, image: Any) -> ResponseReturnValue:
    """Show the rule that the areas saved last would make, or hand it over as a file."""
    known, images = of_study(str(study))
    held, pictures = chosen(images, str(image)), parts().pictures
    if not held.is_open or pictures is None:
        abort(404)
    looked_at("view-held-image", known)
    try:
        text = pictures.held_rule(held.ticket, person(), held.draft.areas)
    except PicturesError as error:
        return _page(known, held, "", str(error)), 503 if isinstance(error, EngineAway) else 200
    if request.args.get("file"):
        return Response(
            text, mimetype="application/toml", headers={"Content-Disposition": f'attachment; filename="{FILE}"'}
        )
    return _page(known, held, text, "")


def _page(known: Study, held: HeldImage, text: str, why: str) -> str:
    return render_template(
        "images/rule.html", study=study_view(known), held=held, name=name_of(held), rule=text, why=why, file=FILE
    )
