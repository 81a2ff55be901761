"""DETAILS_CHANGED: the archive tells of a study otherwise than it did, so that it may be somebody else's (H1, H12)."""

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary, Tone, Writer
from consent_portal.ledger.payload import Payload


class DetailsChanged(Payload):
    """Which details were told otherwise. Never the values: they identify a person, and may be another person's."""

    details: tuple[str, ...] = ()
    """In the words of `registers.identity.Detail`."""
    details_version: int = 0
    """The number of the details that the study bears since (`registers.identity.Version`)."""
    other_patient: str = ""
    """Where its number is another since: in the old history whose the study is now, in the new whose it was."""


def _summary(_changed: DetailsChanged) -> Summary:
    return Summary(text="Whose study this is was looked at again, and with it what had left.")


def _facts(changed: DetailsChanged) -> Facts:
    return (
        Fact("Told otherwise", ", ".join(changed.details)),
        Fact("Number", "Another than before" if changed.other_patient else ""),
    )


DETAILS_CHANGED = EventKind(
    EventType.DETAILS_CHANGED,
    DetailsChanged,
    "Details changed by the archive",
    Tone.ASK,
    Writer.SYSTEM,
    summary=_summary,
    facts=_facts,
)
