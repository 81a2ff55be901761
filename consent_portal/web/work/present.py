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


@dataclass(frozen=True)
class AskView:
    """A question as pages show it."""

    id: str
    purpose: str
    requested_by: str
    opened_at: str
    closed_at: str
    studies_words: str
    open: bool
    state: Any
    tone: str
    reasons: tuple[Any, ...]
    whom: tuple[str, ...]
    facts: list[tuple[Any, str]]
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
    return AskView(
        id=ask.id,
        purpose=ask.purpose,
        requested_by=ask.requested_by,
        opened_at=ask.opened_at,
        closed_at=ask.closed_at or "",
        studies_words=ngettext("%(num)d study", "%(num)d studies", len(ask.studies)),
        open=is_open,
        state=_l("Waiting for an answer") if is_open else ASK_OUTCOMES.get(ask.outcome or "", _l("Closed")),
        tone="ask" if is_open else ASK_TONES.get(ask.outcome or "", "open"),
        reasons=ask.reasons,
        whom=tuple(f"{question.whom}: {question.what}" for question in ask.questions),
        facts=_ask_facts(ask),
        studies=studies,
    )


def _ask_facts(ask: Ask) -> list[tuple[Any, str]]:
    return [
        (_("Who wants it"), ask.requested_by),
        (_("For what"), str(wording.purpose_name(ask.purpose))),
        (_("For whom"), wording.recipient_name(ask.recipient)),
        (_("Why"), ask.reason_given),
        (_("Asked on"), moment(ask.opened_at)),
        (_("Closed on"), moment(ask.closed_at)),
        (_("Closed by"), ask.closed_by or ""),
        (_("Note"), ask.note),
    ]


REVIEW_STATES = {
    "pending": _l("Waiting for a decision"),
    "approved": _l("Approved"),
    "refused": _l("Refused"),
    "overtaken": _l("Called back before anybody approved it"),
}


@dataclass(frozen=True)
class ReviewView:
    """A held release as pages show it."""

    id: str
    purpose: str
    requested_by: str
    recipient_words: str
    opened_at: str
    open: bool
    state: Any
    tone: str
    own: bool
    facts: list[tuple[Any, str]]
    studies: tuple[Mapping[str, Any], ...] = ()
    reasons: tuple[Any, ...] = ()
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
    tones = {PENDING: "ask", APPROVED: "permit"}
    return ReviewView(
        id=review.id,
        purpose=review.purpose,
        requested_by=review.requested_by,
        recipient_words=wording.recipient_name(review.recipient),
        opened_at=review.opened_at,
        open=review.status == PENDING,
        state=REVIEW_STATES.get(review.status, review.status),
        tone=tones.get(review.status, "deny"),
        own=review.requested_by.casefold() == reader.casefold(),
        facts=_review_facts(review),
        studies=studies,
        overtaken=review.note if review.status == OVERTAKEN else "",
    )


def _review_facts(review: Review) -> list[tuple[Any, str]]:
    return [
        (_("Who wants it"), review.requested_by),
        (_("For what"), str(wording.purpose_name(review.purpose))),
        (_("For whom"), wording.recipient_name(review.recipient)),
        (_("Why"), review.reason_given),
        (_("Asked on"), moment(review.opened_at)),
        (_("Decided on"), moment(review.reviewed_at)),
        (_("Decided by"), review.reviewed_by or ""),
        (_("Reason for the decision"), review.note),
    ]
