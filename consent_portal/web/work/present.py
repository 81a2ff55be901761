"""Work that waits, as lists and pages show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from consent_portal.registers import studies as register
from consent_portal.services import queries
from consent_portal.tasks.asks import OPEN, Ask
from consent_portal.tasks.reviews import APPROVED, OVERTAKEN, PENDING, Review
from consent_portal.tasks.task import Task
from consent_portal.web.frame import wording
from consent_portal.web.frame.templating import moment
from consent_portal.web.identity.study_words import StudyView, study_view

ASK_OUTCOMES = {
    "agreed": _l("Agreed"),
    "declined": _l("Declined"),
    "not needed": _l("No longer wanted"),
    "no answer": _l("No answer"),
}
ASK_TONES = {"agreed": "permit", "declined": "deny"}


@dataclass(frozen=True, kw_only=True)
class TaskView:
    """A question or a held release as lists and pages show it."""

    id: str
    purpose: str
    requested_by: str
    opened_at: str
    open: bool
    state: Any
    tone: str
    facts: list[tuple[Any, str]]
    reasons: tuple[Any, ...] = ()


def _task(task: Task, *, waits: bool, state: Any, tone: str, end: Iterable[tuple[Any, str]]) -> dict[str, Any]:
    """Return what pages show of every task; `end` are the facts of how it ended."""
    return {
        "id": task.id,
        "purpose": task.purpose,
        "requested_by": task.requested_by,
        "opened_at": task.opened_at,
        "open": waits,
        "state": state,
        "tone": tone,
        "facts": [*_requested(task), *end],
    }


def _requested(task: Task) -> list[tuple[Any, str]]:
    return [
        (_("Who wants it"), task.requested_by),
        (_("For what"), str(wording.purpose_name(task.purpose))),
        (_("For whom"), wording.recipient_name(task.recipient)),
        (_("Why"), task.reason_given),
        (_("Asked on"), moment(task.opened_at)),
    ]


@dataclass(frozen=True, kw_only=True)
class AskView(TaskView):
    """A question as pages show it."""

    closed_at: str
    studies_words: str
    whom: tuple[str, ...]
    studies: tuple[StudyView, ...] = ()


def studies_of(session: Session, keys: Iterable[str]) -> tuple[StudyView, ...]:
    """Return the studies of register keys; unknown ones are left out."""
    found = (register.by_key(session, key) for key in keys)
    return tuple(
        study_view(study, recorded=queries.status(session, study).recorded) for study in found if study is not None
    )


def ask_view(ask: Ask, studies: tuple[StudyView, ...] = ()) -> AskView:
    """Return a question for a list, or with its studies for its own page."""
    is_open = ask.status == OPEN
    state = _l("Waiting for an answer") if is_open else ASK_OUTCOMES.get(ask.outcome or "", _l("Closed"))
    tone = "ask" if is_open else ASK_TONES.get(ask.outcome or "", "open")
    end = [
        (_("Closed on"), moment(ask.closed_at)),
        (_("Closed by"), ask.closed_by or ""),
        (_("Note"), ask.note),
    ]
    return AskView(
        **_task(ask, waits=is_open, state=state, tone=tone, end=end),
        closed_at=ask.closed_at or "",
        studies_words=ngettext("%(num)d study", "%(num)d studies", len(ask.studies)),
        reasons=ask.reasons,
        whom=tuple(f"{question.whom}: {question.what}" for question in ask.questions),
        studies=studies,
    )


REVIEW_STATES = {
    "pending": _l("Waiting for a decision"),
    "approved": _l("Approved"),
    "refused": _l("Refused"),
    "overtaken": _l("Called back before anybody approved it"),
}


REVIEW_TONES = {PENDING: "ask", APPROVED: "permit"}


@dataclass(frozen=True, kw_only=True)
class ReviewView(TaskView):
    """A held release as pages show it."""

    recipient_words: str
    own: bool
    studies: tuple[Mapping[str, Any], ...] = ()
    overtaken: str = ""


def review_view(
    review: Review, reader: str, studies: tuple[Mapping[str, Any], ...] = (), overtaken: str = ""
) -> ReviewView:
    """Return a held release for a list, or with its studies for its own page.

    Parameters
    ----------
    overtaken : str
        Why what it is about may no longer leave; then it is shown as closed, whoever has noted it so far.
    """
    if overtaken and review.status == PENDING:
        review = replace(review, status=OVERTAKEN, note=overtaken)
    state = REVIEW_STATES.get(review.status, review.status)
    tone = REVIEW_TONES.get(review.status, "deny")
    end = [
        (_("Decided on"), moment(review.reviewed_at)),
        (_("Decided by"), review.reviewed_by or ""),
        (_("Reason for the decision"), review.note),
    ]
    return ReviewView(
        **_task(review, waits=review.status == PENDING, state=state, tone=tone, end=end),
        recipient_words=wording.recipient_name(review.recipient),
        own=review.requested_by.casefold() == reader.casefold(),
        studies=studies,
        overtaken=review.note if review.status == OVERTAKEN else "",
    )
