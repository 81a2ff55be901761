"""Versions of the notices: drafted and checked by the department, approved by the Guardian, published, retired."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, flash, jsonify, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy.orm import Session

from consent_portal.parts import parts
from consent_portal.publishing import versions
from consent_portal.publishing.checking import Checking, rules_of
from consent_portal.web.frame.access import Role, allowed, role_of_user
from consent_portal.web.frame.fields import options
from consent_portal.web.frame.headers import SCRIPT_MAY_ASK
from consent_portal.web.frame.policy_in_force import policy_in_force
from consent_portal.web.notices import site as leaflet
from consent_portal.web.notices.index import EDITORS, READERS
from consent_portal.web.notices.version_words import in_one_line, version_view
from consent_portal.web.notices.versions_form import ApproveVersion, DraftVersion
from notices import NoticeError
from notices.versions import Person, State, Version

blueprint = Blueprint(
    "notice_versions", __name__, template_folder="templates", url_prefix="/department/notices/versions"
)
EXTENSION = "aoa_notice_checks"
Step = Callable[[Session], Version]


def _checking() -> Checking:
    found: Checking = current_app.extensions[EXTENSION]
    return found


def _me() -> Person:
    return Person(current_user.username, str(role_of_user()))


def _form() -> DraftVersion:
    form = DraftVersion()
    form.languages.choices = options(leaflet.spoken().items())
    return form


@blueprint.get("")
@allowed(*READERS)
def index() -> str:
    """List the versions."""
    form = _form()
    form.languages.data = form.languages.data or ["en"]
    return _list(form)


def _list(form: DraftVersion) -> str:
    with parts().database.reading() as session:
        rows = [in_one_line(one) for one in versions.every(session)]
    may_draft = role_of_user() in EDITORS
    return render_template("leaflets/versions.html", versions=rows, form=form if may_draft else None)


@blueprint.post("")
@allowed(*EDITORS)
def draft() -> ResponseReturnValue:
    """Draft a version of the settings as they are saved."""
    form = _form()
    if not form.validate_on_submit():
        return _list(form)
    with parts().database.writing() as session:
        made = versions.make(session, leaflet.site(session), form.languages.data or (), _me())
    flash(_("Version %(number)d is drafted. Check it next.", number=made.number), "success")
    return redirect(url_for("notice_versions.show", number=made.number))


@blueprint.get("/<int:number>")
@allowed(*READERS)
def show(number: int) -> ResponseReturnValue:
    """Show one version: what it says, what was found, what can be done next."""
    return _page(number, ApproveVersion())


def _page(number: int, form: ApproveVersion) -> ResponseReturnValue:
    version, running = _version(number), _checking().is_running(number)
    page = render_template(
        "leaflets/version.html",
        version=version_view(version),
        form=form,
        running=running,
        failure=_checking().failure(number),
        may_edit=role_of_user() in EDITORS,
        may_approve=role_of_user() is Role.CALDICOTT_GUARDIAN,
    )
    response = make_response(page)
    if running:
        response.headers["Content-Security-Policy"] = SCRIPT_MAY_ASK
    return response


def _version(number: int) -> Version:
    with parts().database.reading() as session:
        try:
            return versions.get(session, number)
        except versions.NoSuchVersion:
            abort(404)


@blueprint.get("/<int:number>/state")
@allowed(*READERS)
def state(number: int) -> ResponseReturnValue:
    """Tell a script whether the check still runs."""
    _version(number)
    return jsonify(done=not _checking().is_running(number), words=_("The check is running."))


@blueprint.post("/<int:number>/check")
@allowed(*EDITORS)
def check(number: int) -> ResponseReturnValue:
    """Begin the check."""
    version = _version(number)
    if version.state not in {State.DRAFT, State.CHECKED}:
        flash(_("Only a draft is checked: this version is approved already."), "warning")
    else:
        with parts().database.reading() as session:
            rules = rules_of(policy_in_force(session), leaflet.public_address())
        _checking().start(version, _me(), rules)
    return redirect(url_for("notice_versions.show", number=number))


@blueprint.post("/<int:number>/approve")
@allowed(Role.CALDICOTT_GUARDIAN)
def approve(number: int) -> ResponseReturnValue:
    """Approve a checked version."""
    form = ApproveVersion()
    version = _version(number)
    if version.errors and not form.reason.data:
        form.validate()
        form.reason.errors = [_("Write the reason for approving it in spite of what was found, or have it put right.")]
        return _page(number, form)
    if not form.validate_on_submit():
        return _page(number, form)
    reason = form.reason.data or ""
    return _taken(
        number, lambda session: versions.approve(session, number, _me(), reason), _("The version is approved.")
    )


@blueprint.post("/<int:number>/publish")
@allowed(*EDITORS, Role.CALDICOTT_GUARDIAN)
def publish(number: int) -> ResponseReturnValue:
    """Show a version to patients from now on."""
    version = _version(number)

    def step(session: Session) -> Version:
        ready = version.state is State.APPROVED
        pages: list[Any] = leaflet.pages_of(versions.as_approved(version)) if ready else []
        return versions.publish(session, number, _me(), pages)

    return _taken(number, step, _("The version is published: the web page shows it from now on."))


@blueprint.post("/<int:number>/retire")
@allowed(*EDITORS, Role.CALDICOTT_GUARDIAN)
def retire(number: int) -> ResponseReturnValue:
    """Show a version to patients no longer."""
    return _taken(number, lambda session: versions.retire(session, number, _me()), _("The version is retired."))


def _taken(number: int, step: Step, said: str) -> ResponseReturnValue:
    _version(number)
    try:
        with parts().database.writing() as session:
            step(session)
    except NoticeError as error:
        flash(str(error), "error")
    else:
        flash(said, "success")
    return redirect(url_for("notice_versions.show", number=number))
