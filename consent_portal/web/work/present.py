"""Work that waits, as lists and pages show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from consent_portal.registers import studies as register
from consent_portal.services import queries
from consent_portal.tasks.asks import OPEN, Ask
from consent_portal.tasks.recalls import CANNOT, CONFIRMED, SENT, Recall
from consent_portal.tasks.recalls import OPEN as RECALL_OPEN
from consent_portal.tasks.reviews import APPROVED, PENDING, Review
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


REVIEW_STATES = {"pending": _l("Waiting for a decision"), "approved": _l("Approved"), "refused": _l("Refused")}


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


def review_view(
    review: Review, reader: str, studies: tuple[Mapping[str, Any], ...] = (), reasons: tuple[Any, ...] = ()
) -> ReviewView:
    """Return a held release for a list, or with its studies and reasons for its own page."""
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
        reasons=reasons,
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


RECALL_STATES = {
    RECALL_OPEN: _l("To be sent"),
    SENT: _l("Sent, waiting for the answer"),
    CONFIRMED: _l("Deletion confirmed"),
    CANNOT: _l("Published: cannot be recalled"),
}
RECALL_STEPS: Mapping[str, tuple[tuple[str, Any], ...]] = {
    RECALL_OPEN: ((SENT, _l("Recall sent")), (CONFIRMED, _l("Deletion confirmed"))),
    SENT: ((CONFIRMED, _l("Deletion confirmed")),),
}


@dataclass(frozen=True)
class RecallView:
    """A release to be called back, as pages show it."""

    id: str
    purpose: str
    recipient_words: str
    study_key: str
    study_words: str
    opened_at: str
    state: Any
    tone: str
    note: str
    steps: tuple[tuple[str, Any], ...]


def recall_views(session: Session, recalls: Iterable[Recall]) -> list[RecallView]:
    """Return recalls with the study that each is about, where its patient has but one that matches."""
    return [_recall_view(session, recall) for recall in recalls]


def _recall_view(session: Session, recall: Recall) -> RecallView:
    found = register.by_uid(session, recall.study_uid)
    study = study_view(found) if found else None
    return RecallView(
        id=recall.id,
        purpose=recall.purpose,
        recipient_words=wording.recipient_name(recall.recipient),
        study_key=study.key if study else "",
        study_words=study.what if study else _("A study"),
        opened_at=recall.opened_at,
        state=RECALL_STATES.get(recall.status, recall.status),
        tone={CONFIRMED: "permit", CANNOT: "deny"}.get(recall.status, "ask"),
        note=recall.note,
        steps=RECALL_STEPS.get(recall.status, ()),
    )
