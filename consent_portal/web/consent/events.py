"""An event of the ledger as a line of the timeline, and the details under it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import Event
from consent_portal.ledger.levels import LABELS, Level, LevelState
from consent_portal.ledger.scope import Scope, ScopeKind
from consent_portal.registers.recipients import SELF
from consent_portal.web.consent.forms import CAPACITY, GRANTORS
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
GRANTOR_WORDS = {**dict(GRANTORS), p.GrantorKind.REPRESENTATIVE: _l("A representative")}
"""The form asks which kind of representative; the command line may leave it at that."""
CAPACITY_WORDS = dict(CAPACITY)


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
    return EventView(
        id=event.id,
        seq=event.seq,
        title=wording.EVENTS[str(event.type)],
        tone=wording.EVENT_TONES.get(str(event.type), "open"),
        when=_when(event),
        by=event.recorded_by,
        summary=_summary(event),
        facts=facts_of(event),
    )


def _when(event: Event) -> str:
    recorded = moment(event.recorded_at)
    late = (event.recorded_at - event.effective_at).total_seconds() > 24 * 3600
    return _("%(recorded)s, counts from %(day)s", recorded=recorded, day=day(event.effective_at)) if late else recorded


def _summary(event: Event) -> str:
    payload = event.payload
    if isinstance(payload, p.Given):
        return answers_words(payload.levels)
    if isinstance(payload, p.Withdrawn | p.Refused | p.Objection):
        return "; ".join(LABELS[level] for level in payload.levels)
    if isinstance(payload, p.Released):
        purpose, to = wording.purpose_name(payload.purpose), payload.sender
        if payload.recipient != SELF:
            to = payload.recipient
        return str(_("%(purpose)s, to %(recipient)s", purpose=purpose, recipient=to))
    if isinstance(payload, p.BreachOpened | p.BreachNoted):
        return payload.what if isinstance(payload, p.BreachOpened) else payload.done
    if isinstance(payload, p.Published):
        return payload.where
    return str(getattr(payload, "note", "") or getattr(payload, "reason", ""))


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
    payload = event.payload
    rows: Facts = []
    if isinstance(payload, p.Given):
        rows = _given(payload)
    elif isinstance(payload, p.Withdrawn | p.Refused | p.Objection):
        rows = [*_grantor(payload.grantor), (_("Reason"), payload.reason)]
    elif isinstance(payload, p.Released):
        rows = _released(payload)
    return [(_("Covers"), scope_words(event.scope)), *rows] if rows else []


def _grantor(grantor: p.Grantor) -> Facts:
    return [
        (_("Answer given by"), str(GRANTOR_WORDS[grantor.kind])),
        (_("Name"), grantor.name),
        (_("Evidence of authority"), grantor.evidence),
    ]


def _given(given: p.Given) -> Facts:
    return [
        (_("Requesting clinician"), given.requesting_clinician),
        (_("Discussed on"), day(given.discussed_on)),
        (_("Explained by"), given.explained_by),
        *_grantor(given.grantor),
        (_("Capacity"), str(CAPACITY_WORDS[given.capacity.answer])),
        (_("Capacity assessed by"), given.capacity.assessor),
        (_("Given"), {"written": _("in writing"), "oral": _("orally")}.get(given.manner, "")),
        (_("Valid from"), day(given.valid_from)),
        (_("Valid until"), day(given.valid_to)),
        *_conditions(given.conditions),
        (_("Witness"), given.witness),
        (_("Interpreter"), given.interpreter),
        (_("Language"), given.language),
        (_("Consent form version"), given.form_version),
        (_("Leaflet version"), given.leaflet_version),
        (_("Reason for the amendment"), given.reason),
    ]


def _conditions(conditions: p.Conditions) -> Facts:
    return [
        (_("Named publication"), conditions.named_publication),
        (_("Conditions"), conditions.text),
        (_("Commercial use: the data"), conditions.commercial_data),
        (_("Commercial use: confidentiality"), conditions.commercial_confidentiality),
    ]


def _released(released: p.Released) -> Facts:
    return [
        (_("Requested by"), released.sender),
        (_("Reason"), released.reason),
        (_("De-identification"), str(wording.profile_name(released.profile))),
        (_("Format"), released.format),
        (_("Rules"), ", ".join(wording.rule_name(rule) for rule in released.basis)),
    ]
