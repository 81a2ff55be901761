"""What is known of a kind of event, in one place: its payload, its words, and whether it can be entered in error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from consent_portal.ledger.events import EventType
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.payload import GRANTOR_WORDS, NOT_RECORDED, Grantor, Heard, Payload, Said

P = TypeVar("P", bound=Payload)
Value = str | date | None
Answers = Mapping[Level, LevelState]


class Tone(StrEnum):
    """Which sign and colour an event has on the timeline."""

    PERMIT = "permit"
    ASK = "ask"
    DENY = "deny"
    OPEN = "open"


class Writer(StrEnum):
    """Who writes an event of a kind."""

    PERSON = "a person, by a page, a command or the API"
    SYSTEM = "the system"


class Vocabulary(StrEnum):
    """In which list of words a value is looked up before people read it."""

    PURPOSE = "purpose"
    PROFILE = "profile"
    RECIPIENT = "recipient"
    RULES = "rules"


@dataclass(frozen=True)
class Fact:
    """One labelled detail of an event. An empty value is not shown; a vocabulary says how the value is worded."""

    label: str
    value: Value
    vocabulary: Vocabulary | None = None


@dataclass(frozen=True)
class Summary:
    """The line under an event's title: answers by level, what is concerned, facts, or a text as it was typed."""

    text: str = ""
    answers: Answers | None = None
    levels: tuple[Level, ...] = ()
    purposes: tuple[str, ...] = ()
    purpose: str = ""
    recipient: str = ""


Facts = tuple[Fact, ...]


def _no_summary(_payload: Payload) -> Summary:
    return Summary()


def _no_facts(_payload: Payload) -> Facts:
    return ()


@dataclass(frozen=True)
class EventKind(Generic[P]):
    """A kind of event.

    Attributes
    ----------
    title : str
        Plain English, at most four words; the page translates it.
    correctable : bool
        Whether it can have been entered in error; a release or a recall is a fact and cannot.
    summary, facts : callable
        What the timeline shows of a payload of this kind.
    """

    event_type: EventType
    payload: type[P]
    title: str
    tone: Tone = Tone.OPEN
    writer: Writer = Writer.PERSON
    correctable: bool = False
    summary: Callable[[P], Summary] = _no_summary
    facts: Callable[[P], Facts] = _no_facts


def of_grantor(grantor: Grantor) -> Facts:
    """Return who gave an answer, and by what authority."""
    return (
        Fact("Answer given by", GRANTOR_WORDS[grantor.kind]),
        Fact("Name", grantor.name),
        Fact("Evidence of authority", grantor.evidence),
    )


def of_hearing(said: Heard) -> Facts:
    """Return how an answer came, and who took it."""
    return Fact("Received", said.received.replace(NOT_RECORDED, "")), Fact("Taken by", said.taken_by)


def of_clock(said: Said) -> Facts:
    """Return how far the clock stood before the ledger's last entry, where it did (ADR 0124)."""
    behind = f"{said.seconds_behind} seconds; what was agreed to is held" if said.seconds_behind else ""
    return (Fact("Recorded by a clock that was behind", behind),)
