"""What an act came to, in sentences."""

from typing import Any

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds import KINDS
from consent_portal.ledger.levels import Level, LevelState


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
        *_not_covered(answer.get("still_agreed", []), answer.get("others_who_may_be_this_patient", 0)),
        *_counted(answer["recalls"], "To be recalled, on the portal's worklist", "earlier release"),
        *_counted(answer["answered"], "Answered by this", "open question"),
    ]


def level_lines(states: dict[str, str]) -> list[str]:
    """Return a line for each level, in the words that people read on every page."""
    return [f"  {Level(level).label:52} {LevelState(state).label}" for level, state in states.items()]


def _not_opened(answer: dict[str, Any]) -> list[str]:
    states, why = answer["levels"], answer["why"]
    told = "Recorded, but this does not open"
    return [f"{told} {level}, which is {states[level]}: {why[level]}" for level in answer["not_opened"]]


def _not_closed(levels: list[str]) -> list[str]:
    if not levels:
        return []
    told = "Tell the patient nothing else, look at `aoa consent show`, and tell the Caldicott Guardian."
    return [f"Recorded, but this does NOT close: {', '.join(levels)}. {told}"]


def _not_covered(agreed: list[str], others: int) -> list[str]:
    lines = []
    if agreed:
        stays = "1 study of this patient stays" if len(agreed) == 1 else f"{len(agreed)} studies of this patient stay"
        lines.append(f"Note: {stays} agreed to. To withdraw all: --scope patient.")
    if others:
        told = "1 other number" if others == 1 else f"{others} other numbers"
        lines.append(f"Note: {told} may be this patient's; see the study's page in the portal, and withdraw there too.")
    return lines


def _counted(found: list[str], told: str, what: str) -> list[str]:
    return [f"{told}: {len(found)} {what}{'' if len(found) == 1 else 's'}."] if found else []
