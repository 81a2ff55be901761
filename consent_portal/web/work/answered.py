"""Answers: what was recorded as the answer to a question, and what whoever asked has not read yet (ADR 0146)."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from consent_portal.ledger import store
from consent_portal.services import answered_jobs
from consent_portal.tasks import asks
from consent_portal.tasks.asks import Ask
from consent_portal.web.frame.event_words import event_name, event_said
from consent_portal.web.identity.study_words import StudyView
from consent_portal.web.work.present import AskView, ask_view, studies_of


@dataclass(frozen=True)
class Recorded:
    """One event that says what was answered: what it is and says, never who is named in it."""

    name: str
    summary: str


@dataclass(frozen=True)
class Told:
    """An answer on the list of whoever asked; `agreed` where the export can go on."""

    ask: AskView
    note: str
    agreed: bool
    studies: tuple[StudyView, ...]
    recipient: str
    job: str | None
    """The export that goes on by itself; None where it has to be asked for anew."""


def recorded_views(session: Session, ask: Ask) -> list[Recorded]:
    """Return what was recorded as the answer, once for several studies that were answered alike."""
    found = [event for event in (store.event(session, one) for one in ask.recorded) if event is not None]
    rows = [Recorded(event_name(event), event_said(event)) for event in found]
    return list(dict.fromkeys(rows))


def told_views(session: Session, user: str) -> list[Told]:
    """Return the answers that `user` has not acknowledged yet."""
    return [_told(session, ask) for ask in asks.told(session, user)]


def _told(session: Session, ask: Ask) -> Told:
    return Told(
        ask=ask_view(ask),
        note=ask.note,
        agreed=ask.outcome == "agreed",
        studies=studies_of(session, ask.studies),
        recipient=ask.recipient,
        job=answered_jobs.goes_on(session, ask) if ask.outcome == "agreed" else None,
    )
