"""An event of the ledger in words: what it is, and what it says in a line."""

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import gettext as _

from consent_portal.ledger.events import Event
from consent_portal.ledger.kinds import KINDS
from consent_portal.ledger.kinds.kind import Summary
from consent_portal.ledger.levels import LABELS, Level, LevelState
from consent_portal.web.frame import wording
from consent_portal.web.frame.templating import moment


def event_name(event: Event) -> str:
    """Return what an event is, and when it was recorded: enough to tell it from the others of a history."""
    return f"{_(KINDS[event.type].title)}, {moment(event.recorded_at)}"


def event_summary(event: Event) -> str:
    """Return what an event says, in a line."""
    return _summary_words(KINDS[event.type].summary(event.payload))


def event_said(event: Event) -> str:
    """Return which answers an event gives, and nothing that somebody typed: that may hold a name."""
    return _summary_words(replace(KINDS[event.type].summary(event.payload), text=""))


def _summary_words(summary: Summary) -> str:
    if summary.answers is not None:
        return answers_words(summary.answers)
    if summary.levels or summary.purposes:
        named = (str(wording.purpose_name(purpose)) for purpose in summary.purposes)
        return "; ".join([*(LABELS[level] for level in summary.levels), *named])
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
