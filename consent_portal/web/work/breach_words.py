"""A breach as the register and its own page show it."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from consent_portal.clock import local_day, utc_now
from consent_portal.registers import recipients
from consent_portal.registers import studies as register
from consent_portal.tasks import recalls
from consent_portal.tasks.breaches import SYSTEM, Breach
from consent_portal.web.frame.templating import day, moment
from consent_portal.web.identity.study_words import study_view

OPENED_BY_SYSTEM = _l("the portal, since the recall is overdue")


@dataclass(frozen=True)
class BreachRow:
    """One line of the register."""

    id: str
    what: str
    holder: str
    found_on: str
    open_words: str
    open: bool
    state: Any
    tone: str


@dataclass(frozen=True)
class Step:
    """Something that was done."""

    title: Any
    when: str
    by: str
    words: str


@dataclass(frozen=True)
class BreachPage:
    """Everything about one breach."""

    row: BreachRow
    facts: list[tuple[Any, str]]
    steps: tuple[Step, ...]
    study_key: str
    study_words: str


def breach_row(session: Session, breach: Breach) -> BreachRow:
    """Return a breach as a line."""
    return BreachRow(
        id=breach.id,
        what=breach.told.what,
        holder=_holder(session, breach),
        found_on=day(breach.told.found_on),
        open_words=ngettext("%(num)d day", "%(num)d days", breach.days_open(local_day(utc_now()))),
        open=breach.is_open,
        state=_("Open") if breach.is_open else _("Closed"),
        tone="ask" if breach.is_open else "permit",
    )


def _holder(session: Session, breach: Breach) -> str:
    found = recipients.get(session, breach.told.holder)
    return found.name if found else breach.told.holder


def breach_page(session: Session, breach: Breach) -> BreachPage:
    """Return a breach with its history."""
    found = register.by_uid(session, breach.opened.scope.study_uid) if breach.opened.scope.study_uid else None
    study = study_view(found) if found else None
    return BreachPage(
        row=breach_row(session, breach),
        facts=_facts(session, breach),
        steps=_steps(breach),
        study_key=study.key if study else "",
        study_words=study.what if study else "",
    )


def _by(user: str) -> str:
    return str(OPENED_BY_SYSTEM) if user == SYSTEM else user


def _facts(session: Session, breach: Breach) -> list[tuple[Any, str]]:
    recall = recalls.get(session, breach.told.recall) if breach.told.recall else None
    return [
        (_("What happened"), breach.told.what),
        (_("Who has, or had, the copy"), _holder(session, breach)),
        (_("Found on"), day(breach.told.found_on)),
        (_("Recorded"), moment(breach.opened.recorded_at)),
        (_("Recorded by"), _by(breach.opened.recorded_by)),
        (_("The recall since then"), _recall_words(recall)),
        (_("Reason for closing"), breach.reason),
    ]


def _recall_words(recall: recalls.Recall | None) -> str:
    if recall is None:
        return ""
    if recall.is_waiting:
        return str(_("not confirmed as deleted"))
    if recall.status == recalls.CONFIRMED:
        told = {"moment": moment(recall.updated_at), "user": recall.updated_by}
        return str(_("confirmed as deleted on %(moment)s by %(user)s", **told))
    return str(_("published, so it cannot be recalled"))


def _steps(breach: Breach) -> tuple[Step, ...]:
    first = Step(_("Recorded"), moment(breach.opened.recorded_at), _by(breach.opened.recorded_by), breach.told.what)
    notes = [
        Step(_("Done on %(day)s", day=day(noted.on)), moment(event.recorded_at), event.recorded_by, noted.done)
        for event, noted in breach.notes
    ]
    end = breach.closing
    closing = [Step(_("Closed"), moment(end.recorded_at), end.recorded_by, breach.reason)] if end else []
    return (first, *notes, *closing)
