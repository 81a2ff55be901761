"""An event of the ledger as a line of the timeline, and the details under it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consent_portal.ledger.events import Event
from consent_portal.ledger.kinds import CORRECTABLE, KINDS
from consent_portal.ledger.kinds.invalidated import Invalidated
from consent_portal.ledger.kinds.kind import Fact, Vocabulary
from consent_portal.ledger.scope import Scope, ScopeKind
from consent_portal.web.frame import wording
from consent_portal.web.frame.event_words import event_name, event_summary
from consent_portal.web.frame.templating import day, moment

Facts = list[tuple[Any, str]]

SCOPES = {
    ScopeKind.PATIENT: _l("all recordings of this patient"),
    ScopeKind.EPISODE: _l("one episode of care"),
    ScopeKind.STUDY: _l("this study"),
    ScopeKind.SERIES: _l("one series"),
    ScopeKind.INSTANCE: _l("one image"),
}


@dataclass(frozen=True)
class EventView:
    """One line of the timeline.

    Attributes
    ----------
    error : str
        Why it does not count: entered in error, by whom, when and for what reason; empty where it counts.
    about : str
        Which earlier event it amends, corrects or belongs to; empty where it stands by itself.
    correctable : bool
        Whether it counts and can have been entered in error.
    """

    id: str
    seq: int
    title: Any
    tone: str
    when: str
    by: str
    summary: str
    facts: Facts
    error: str = ""
    about: str = ""
    correctable: bool = False


def event_view(event: Event) -> EventView:
    """Return what the timeline shows of an event by itself."""
    kind = KINDS[event.type]
    return EventView(
        id=event.id,
        seq=event.seq,
        title=_(kind.title),
        tone=str(kind.tone),
        when=_when(event),
        by=event.recorded_by,
        summary=event_summary(event),
        facts=facts_of(event),
    )


def history_view(events: Iterable[Event]) -> list[EventView]:
    """Return a history, newest first, in which each event tells what became of it and what it is about."""
    known = list(events)
    by_id = {event.id: event for event in known}
    errors = {event.supersedes: event for event in known if isinstance(event.payload, Invalidated)}
    return [_in_history(event, by_id, errors) for event in reversed(known)]


def _in_history(event: Event, by_id: Mapping[str, Event], errors: Mapping[str | None, Event]) -> EventView:
    about, error = by_id.get(event.supersedes or ""), errors.get(event.id)
    return replace(
        event_view(event),
        error=_error_words(error) if error else "",
        about=event_name(about) if about else "",
        correctable=error is None and event.type in CORRECTABLE,
    )


def _error_words(error: Event) -> str:
    assert isinstance(error.payload, Invalidated)  # noqa: S101  (the caller has looked)
    told = {"when": moment(error.recorded_at), "by": error.recorded_by, "reason": error.payload.reason}
    return str(_("Entered in error, noted on %(when)s by %(by)s: %(reason)s", **told))


def _when(event: Event) -> str:
    recorded = moment(event.recorded_at)
    late = (event.recorded_at - event.effective_at).total_seconds() > 24 * 3600
    return _("%(recorded)s, counts from %(day)s", recorded=recorded, day=day(event.effective_at)) if late else recorded


def scope_words(scope: Scope) -> str:
    """Return what an event covers, in words; no UIDs."""
    words = str(SCOPES[scope.kind])
    return f"{words} ({scope.episode})" if scope.kind is ScopeKind.EPISODE and scope.episode else words


def facts_of(event: Event) -> Facts:
    """Return the details of an event, label by label; most kinds can say more than an event does."""
    facts = KINDS[event.type].facts(event.payload)
    rows = [(_(fact.label), _value_words(fact)) for fact in facts if fact.value]
    covers = [(_("Covers"), scope_words(event.scope))] if event.patient_key else []
    return [*covers, *rows] if facts else []


def _value_words(fact: Fact) -> str:
    if isinstance(fact.value, date):
        return day(fact.value)
    value = fact.value or ""
    match fact.vocabulary:
        case Vocabulary.PURPOSE:
            return str(wording.purpose_name(value))
        case Vocabulary.PROFILE:
            return str(wording.profile_name(value))
        case Vocabulary.RECIPIENT:
            return wording.recipient_name(value)
        case Vocabulary.RULES:
            return ", ".join(wording.rule_name(rule) for rule in value.splitlines())
        case None:
            return value
