"""What an act came to, in sentences."""

from typing import Any

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds import KINDS


def first_sentence(text: str) -> str:
    """Return the first sentence of a description."""
    return " ".join(text.split()).split(". ")[0].removesuffix(".") + "."


def lines(verb: str, answer: dict[str, Any]) -> list[str]:
    """Return what was recorded, what stands now, what does not hold, and what is called back."""
    title = KINDS[EventType(answer["type"])].title
    return [
        f"{title} ({verb}), as event {answer['seq']}.",
        *level_lines(answer["levels"]),
        *_not_opened(answer),
        *_not_closed(answer["not_closed"]),
        *_counted(answer["recalls"], "To be recalled, on the portal's worklist", "earlier release"),
        *_counted(answer["answered"], "Answered by this", "open question"),
    ]


def level_lines(states: dict[str, str]) -> list[str]:
    """Return a line for each level."""
    return [f"  {level:9} {state}" for level, state in states.items()]


def _not_opened(answer: dict[str, Any]) -> list[str]:
    states, why = answer["levels"], answer["why"]
    told = "Recorded, but this does not open"
    return [f"{told} {level}, which is {states[level]}: {why[level]}" for level in answer["not_opened"]]


def _not_closed(levels: list[str]) -> list[str]:
    if not levels:
        return []
    told = "A later consent stands. If the patient has said no since then, record it with that day."
    return [f"Recorded, but this does NOT close: {', '.join(levels)}. {told}"]


def _counted(found: list[str], told: str, what: str) -> list[str]:
    return [f"{told}: {len(found)} {what}{'' if len(found) == 1 else 's'}."] if found else []
