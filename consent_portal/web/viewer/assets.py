"""The viewer's script and style sheet, without anything of a patient."""

from flask import Blueprint

blueprint = Blueprint(
    "viewer", __name__, template_folder="templates", static_folder="static", static_url_path="/static/viewer"
)
