"""The paper form for the time in which nothing can be recorded (hazards H11, H21); blank, so open to everybody."""

from flask import Blueprint, render_template

from consent_portal.ledger.levels import Level

blueprint = Blueprint("paper", __name__, template_folder="templates", url_prefix="/consent")


@blueprint.get("/paper")
def form() -> str:
    """Show the form, ready to be printed."""
    return render_template("consent/paper.html", levels=[level.label for level in Level])
