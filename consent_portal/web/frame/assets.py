"""Style sheets, the one script and the templates."""

from flask import Blueprint

blueprint = Blueprint(
    "assets", __name__, template_folder="templates", static_folder="static", static_url_path="/static", url_prefix=""
)
