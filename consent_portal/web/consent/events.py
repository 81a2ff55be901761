"""An event of the ledger as a line of the timeline, and the details under it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consent_portal.ledger.events import Event
from consent_portal.ledger.kinds import KINDS
from consent_portal.ledger.kinds.kind import Fact, Summary, Vocabulary
from consent_portal.ledger.levels import LABELS, Level, LevelState
from consent_portal.ledger.scope import Scope, ScopeKind
from consent_portal.web.frame import wording
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
    """One line of the timeline."""

    id: str
    seq: int
    title: Any
    tone: str
    when: str
    by: str
    summary: str
    facts: Facts


def event_view(event: Event) -> EventView:
    """Return what the timeline shows of an event."""
    kind = KINDS[event.type]
    return EventView(
        id=event.id,
        seq=event.seq,
        title=_(kind.title),
        tone=str(kind.tone),
        when=_when(event),
        by=event.recorded_by,
        summary=_summary_words(kind.summary(event.payload)),
        facts=facts_of(event),
    )


def _when(event: Event) -> str:
    recorded = moment(event.recorded_at)
    late = (event.recorded_at - event.effective_at).total_seconds() > 24 * 3600
    return _("%(recorded)s, counts from %(day)s", recorded=recorded, day=day(event.effective_at)) if late else recorded


def _summary_words(summary: Summary) -> str:
    if summary.answers is not None:
        return answers_words(summary.answers)
    if summary.levels:
        return "; ".join(LABELS[level] for level in summary.levels)
    if summary.purpose:
        purpose, recipient = wording.purpose_name(summary.purpose), wording.recipient_name(summary.recipient)
        return str(_("%(purpose)s, to %(recipient)s", purpose=purpose, recipient=recipient))
    return summary.text


def answers_words(levels: Mapping[Level, LevelState]) -> str:
    """Return the answers in words: `Agreed: ...; declined: ...`."""
    grouped: dict[str, list[str]] = {}
    for level in Level:
        if level in levels:
            grouped.setdefault(str(wording.state_name(str(levels[level]))), []).append(LABELS[level])
    return "; ".join(f"{state}: {', '.join(labels)}" for state, labels in grouped.items())


def scope_words(scope: Scope) -> str:
    """Return what an event covers, in words; no UIDs."""
    words = str(SCOPES[scope.kind])
    return f"{words} ({scope.episode})" if scope.kind is ScopeKind.EPISODE and scope.episode else words


def facts_of(event: Event) -> Facts:
    """Return the details of an event, label by label; empty values are left out by the page."""
    rows = [(_(fact.label), _value_words(fact)) for fact in KINDS[event.type].facts(event.payload)]
    covers = [(_("Covers"), scope_words(event.scope))] if event.patient_key else []
    return [*covers, *rows] if rows else []


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
