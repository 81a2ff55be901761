"""The letter run: a list in, one PDF out, a report of the rows that could not be met; nothing is kept."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_security import current_user

from consent_portal.publishing.letters import FAILED, WORKING, BusyError, Run, Runs
from consent_portal.web.frame import errors
from consent_portal.web.frame.access import allowed
from consent_portal.web.frame.headers import SCRIPT_MAY_ASK
from consent_portal.web.notices import site as leaflet
from consent_portal.web.notices.index import EDITORS
from consent_portal.web.notices.letters_form import LetterRun
from notices import NoticeError, Paper
from notices.versions import Version

blueprint = Blueprint("letters", __name__, template_folder="templates", url_prefix="/department/letters")
EXTENSION = "aoa_letter_runs"
GONE = errors.Explanation(
    _l("This letter run is not held here"),
    _l("A run is kept for an hour at most, for the person who started it, and is gone when the portal starts again."),
    _l("Choose Notices and then Letters, and upload the list again. Nothing of the old list was kept."),
)
ROWS_NAMED = 30
"""Rows of one reason that the page names; the report names all."""


def _runs() -> Runs:
    found: Runs = current_app.extensions[EXTENSION]
    return found


def _run(key: Any) -> Run:
    found = _runs().get(str(key), current_user.username)
    if found is None:
        abort(404)
    return found


def _published() -> tuple[Version | None, str]:
    try:
        found = leaflet.published()
    except NoticeError as error:
        return None, str(error)
    return found, "" if found else _(
        "No version of the notices is published yet, and letters carry only what is approved."
    )


@blueprint.get("")
@allowed(*EDITORS)
def index() -> str:
    """Ask for the list."""
    return _page(LetterRun())


def _page(form: LetterRun) -> str:
    version, problem = _published()
    return render_template("letters/index.html", form=form, version=version, problem=problem)


@blueprint.post("")
@allowed(*EDITORS)
def start() -> ResponseReturnValue:
    """Begin a run."""
    form = LetterRun()
    version, _problem = _published()
    if version is None or not form.validate_on_submit():
        return _page(form)
    try:
        run = _runs().start(current_user.username, form.data_read, version, Paper(form.paper.data))
    except BusyError as error:
        form.letters.errors = [str(error)]
        return _page(form)
    return redirect(url_for("letters.show", run=run.id))


@blueprint.get("/<uuid:run>")
@allowed(*EDITORS)
def show(run: Any) -> Response:
    """Show how far the run is, or what came of it."""
    found = _runs().get(str(run), current_user.username)
    if found is None:
        return errors.page(404, GONE)
    page = render_template("letters/show.html", run=found, reasons=_grouped(found.refused))
    response = make_response(page)
    if found.state == WORKING:
        response.headers["Content-Security-Policy"] = SCRIPT_MAY_ASK
    return response


def _grouped(refused: tuple[tuple[int, str], ...]) -> list[tuple[str, str]]:
    """Return which rows could not be met, in words, for each reason."""
    rows: dict[str, list[str]] = {}
    for number, reason in refused:
        rows.setdefault(reason, []).append(str(number))
    return [(_named(numbers), reason) for reason, numbers in rows.items()]


def _named(numbers: list[str]) -> str:
    named, more = ", ".join(numbers[:ROWS_NAMED]), len(numbers) - ROWS_NAMED
    words = str(ngettext("Row %(rows)s", "Rows %(rows)s", len(numbers), rows=named))
    return f"{words} {_('and %(count)d more', count=more)}" if more > 0 else words


@blueprint.get("/<uuid:run>/state")
@allowed(*EDITORS)
def state(run: Any) -> ResponseReturnValue:
    """Tell a script how far the run is."""
    found = _run(run)
    words = _("%(done)d of %(of)d letters are set.", done=found.done, of=found.of)
    return jsonify(done=found.state != WORKING, at=found.done, of=found.of, words=words if found.of else "")


@blueprint.post("/<uuid:run>/letters.pdf")
@allowed(*EDITORS)
def download(run: Any) -> ResponseReturnValue:
    """Hand the letters over, once."""
    document = _runs().take(str(run), current_user.username)
    if document is None:
        _run(run)
        flash(_("The letters were downloaded already and are not kept. Upload the list again."), "warning")
        return redirect(url_for("letters.show", run=run))
    response = make_response(document)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="letters.pdf"'
    return response


@blueprint.get("/<uuid:run>/report.csv")
@allowed(*EDITORS)
def report(run: Any) -> Response:
    """Hand over which row was printed where, and which could not be met; no names."""
    found = _run(run)
    if found.state in {WORKING, FAILED}:
        abort(404)
    response = make_response(found.report)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="letters-report.csv"'
    return response


@blueprint.post("/<uuid:run>/delete")
@allowed(*EDITORS)
def delete(run: Any) -> ResponseReturnValue:
    """Let the run go now."""
    _runs().forget(_run(run).id)
    flash(_("The letters are deleted."), "success")
    return redirect(url_for("letters.index"))
