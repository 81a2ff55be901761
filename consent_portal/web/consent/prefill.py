"""What a consent form starts from: a question's yes, what an earlier form said, and what can be chosen."""

from typing import Any

from flask import request
from flask_babel import gettext as _

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger.by_name import COMMERCIAL, RESEARCH
from consent_portal.ledger.events import Event
from consent_portal.ledger.levels import Level
from consent_portal.ledger.status import ConsentStatus
from consent_portal.parts import parts
from consent_portal.registers import approvals
from consent_portal.registers.studies import Study
from consent_portal.services import answers, queries
from consent_portal.tasks import asks
from consent_portal.web.consent.forms import ConsentForm
from consent_portal.web.frame.fields import options
from consent_portal.web.identity.series import image_choices, series_choices
from consent_portal.web.notices import site as leaflet

_MANNERS = {"paper": "written", "telephone": "oral"}
"""How an answer that came that way was given."""


_RECEIVED = {"paper": "in writing", "telephone": "by telephone"}


def said_yes_to(*, left_alone: bool = False) -> dict[str, Any]:
    """Return the answer that a question's yes gives: for what was asked, and for nothing wider."""
    with parts().database.reading() as session:
        ask = asks.get(session, request.args.get("question", ""))
    if ask is None:
        return {}
    levels, purposes = answers.asked_for(ask.purpose, parts().policy)
    way = request.args.get("way", "")
    manner = _MANNERS.get(way)
    others = {f"level_{level}": "not-chosen" for level in Level} if left_alone else {}
    return {
        **others,
        **{f"level_{level}": "yes" for level in levels},
        **_by_name(purposes),
        **({"manner": manner, "received": _RECEIVED[way]} if manner else {}),
    }


def as_recorded(study: Study) -> dict[str, Any]:
    """Return what an amendment starts from: never who decided, nor what was answered."""
    with parts().database.reading() as session:
        last = last_event(queries.status(session, study))
    if last is None or not isinstance(last.payload, p.Given):
        return {}
    given = last.payload
    manner = {} if given.manner == "not recorded" else {"manner": given.manner}
    return {"form_version": given.form_version, "language": given.language, **manner}


def _by_name(purposes: tuple[str, ...]) -> dict[str, Any]:
    known: dict[str, dict[str, Any]] = {RESEARCH: {"research": True}, COMMERCIAL: {"commercial": "yes"}}
    return {name: value for purpose in purposes for name, value in known.get(purpose, {}).items()}


def offered(form: ConsentForm, study: Study) -> bool:
    """Fill in what can be chosen on a form; says whether the study's series are known."""
    form.born = study.birth_date
    form.offer_leaflets(leaflet.given())
    with parts().database.reading() as session:
        registered = approvals.every(session)
    today = local_day(utc_now())
    form.offer_registered(one for one in registered if one.is_current(today))
    form.offer_images(image_choices(study))
    known = series_choices(study)
    form.series.choices = options([("", _("Choose a series")), *known])
    return bool(known)


def last_event(status: ConsentStatus) -> Event | None:
    """Return the last event on which an answer that stands rests."""
    events = [level.event for level in status.levels.values() if level.event is not None]
    return max(events, key=lambda event: event.seq, default=None)
