"""The answer to a question was no: what is refused is recorded with the closing of the question (ADR 0144)."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consent_portal.ledger.checks import Refusal
from consent_portal.parts import parts
from consent_portal.services import answers
from consent_portal.services.acts import Act
from consent_portal.tasks import asks
from consent_portal.tasks.asks import Ask
from consent_portal.web.consent import form_rules
from consent_portal.web.consent.actor import actor
from consent_portal.web.consent.answer_form import AnswerNo
from consent_portal.web.consent.telling import tell_what_is_called_back, tell_what_stays_open
from consent_portal.web.frame.access import Role, allowed
from consent_portal.web.work.present import ask_view, studies_of

blueprint = Blueprint("answers", __name__, template_folder="templates", url_prefix="/asks/<uuid:ask>")


@blueprint.route("/no", methods=["GET", "POST"])
@allowed(Role.MEDICAL_ILLUSTRATION)
def no(ask: Any) -> str | Response:
    """Record that the answer was no."""
    with parts().database.reading() as session:
        found = asks.get(session, str(ask))
        if found is None:
            abort(404)
        studies = studies_of(session, found.studies)
    if found.status != asks.OPEN:
        return _too_late(found)
    form = AnswerNo(said_no_to=_asked_for(found))
    if form.validate_on_submit():
        try:
            return _told(found, _recorded(found, form))
        except ValueError:
            return _too_late(found)
        except Refusal as refusal:
            form_rules.tell(form, refusal.faults)
    return render_template("consent/no.html", ask=ask_view(found, studies), form=form)


def _asked_for(ask: Ask) -> list[str]:
    levels, purposes = answers.asked_for(ask.purpose, parts().policy)
    return [*map(str, levels), *purposes]


def _recorded(ask: Ask, form: AnswerNo) -> list[Act]:
    day = form.said_on.data
    assert day is not None  # noqa: S101  (the form does not pass without it)
    with parts().database.writing() as session:
        return answers.answer_no(session, ask.id, form.refused(), actor(session), day, form.note.data or "")


def _told(ask: Ask, done: list[Act]) -> Response:
    flash(_("The no is recorded and the question is closed. Whoever asked is told."), "success")
    for act in done:
        tell_what_stays_open(act.effect)
    tell_what_is_called_back(sum(len(act.recalls) for act in done))
    return redirect(url_for("asks.show", ask=ask.id))


def _too_late(ask: Ask) -> Response:
    flash(_("Somebody else has closed this question in the meantime. Nothing was recorded."), "warning")
    return redirect(url_for("asks.show", ask=ask.id))
