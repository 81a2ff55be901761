"""The settings of the notices, with a preview of the real pages: by a button, and with script by itself."""

from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from consent_portal.parts import parts
from consent_portal.publishing import settings
from consent_portal.publishing.press.press import PressAway
from consent_portal.web.frame.access import allowed
from consent_portal.web.frame.headers import SCRIPT_MAY_ASK
from consent_portal.web.notices import settings_fields as notice_form
from consent_portal.web.notices import site as leaflet
from consent_portal.web.notices.download_form import PreviewForm
from consent_portal.web.notices.index import EDITORS, picture_of
from consent_portal.web.notices.settings_form import NoticeSettings
from notices import NoticeError, Site

blueprint = Blueprint(
    "notice_settings", __name__, template_folder="templates", url_prefix="/department/notices/settings"
)
MOST_PAGES = 8
"""Pages of a notice that the preview shows; the longest information sheet has fewer."""


def _looking() -> PreviewForm:
    form = PreviewForm(request.values, prefix="show-")
    form.offer(leaflet.spoken())
    return form


def _present(key: str = "") -> tuple[Site, Site | None]:
    """Return the settings as saved, and the person's own trial of that key."""
    with parts().database.reading() as session:
        return leaflet.site(session), settings.trial(session, key, current_user.username) if key else None


@blueprint.get("")
@allowed(*EDITORS)
def edit() -> Response:
    """Show the settings and what they make."""
    form, looking = NoticeSettings(), _looking()
    saved, _trial = _present()
    notice_form.fill(form, saved)
    return _page(form, looking, _shown(saved, "", looking))


@blueprint.post("")
@allowed(*EDITORS)
def change() -> ResponseReturnValue:
    """Save the settings, or show what they would make."""
    form, looking = NoticeSettings(), _looking()
    saved, tried = _present(form.trial.data or "")
    site = _read(form, saved, tried)
    if site is None:
        return _page(form, looking, _shown(tried or saved, form.trial.data if tried else "", looking))
    if "save" in request.form:
        with parts().database.writing() as session:
            settings.save(session, site, current_user.username)
        flash(
            _("The settings are saved. Patients see them when a version with them is approved and published."),
            "success",
        )
        return redirect(url_for("notice_settings.edit"))
    form.trial.data = _tried(site)
    return _page(form, looking, _shown(site, form.trial.data, looking))


def _read(form: NoticeSettings, saved: Site, tried: Site | None) -> Site | None:
    return notice_form.read(form, saved, tried) if form.validate_on_submit() else None


def _tried(site: Site) -> str:
    with parts().database.writing() as session:
        return settings.try_out(session, site, current_user.username)


@blueprint.post("/preview")
@allowed(*EDITORS)
def preview() -> ResponseReturnValue:
    """Answer a script with the pages that the settings would make; saves nothing."""
    form, looking = NoticeSettings(), _looking()
    site = _read(form, *_present(form.trial.data or ""))
    if site is None:
        return jsonify(problem=_("The preview waits. %(fault)s", fault=_first_fault(form)), pages=[])
    key = _tried(site)
    shown = _shown(site, key, looking)
    return jsonify(trial=key, pages=shown.get("pages", []), problem=shown.get("problem", ""))


def _first_fault(form: NoticeSettings) -> str:
    return next((str(errors[0]) for errors in form.errors.values() if errors), "")


@blueprint.get("/pages/<int:page>.png")
@allowed(*EDITORS)
def picture(page: int) -> Response:
    """Show one page of the preview."""
    looking, key = _looking(), request.args.get("trial", "")
    saved, tried = _present(key)
    if not looking.validate() or page >= MOST_PAGES or (key and tried is None):
        abort(404)
    return picture_of(looking.sheet(tried or saved), page)


def _shown(site: Site, key: str | None, looking: PreviewForm) -> dict[str, Any]:
    if not looking.validate():
        return {"problem": " ".join(str(errors[0]) for errors in looking.errors.values())}
    try:
        count = min(looking.sheet(site).pages(), MOST_PAGES)
    except (NoticeError, PressAway) as error:
        return {"problem": str(error)}
    asked = {f"show-{name}": value for name, value in looking.choice().items()}
    return {
        "pages": [
            {
                "src": url_for("notice_settings.picture", page=page, trial=key or None, **asked),
                "alt": _("Page %(page)d of %(count)d, as it will be printed", page=page + 1, count=count),
            }
            for page in range(count)
        ]
    }


def _page(form: NoticeSettings, looking: PreviewForm, shown: dict[str, Any]) -> Response:
    response = make_response(render_template("leaflets/settings.html", form=form, looking=looking, shown=shown))
    response.headers["Content-Security-Policy"] = SCRIPT_MAY_ASK
    return response
