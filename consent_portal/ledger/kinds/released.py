"""RELEASED: something left. Written before the first byte is handed over (combining rule 7, R39, R57, R74)."""

from pydantic import Field

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary, Vocabulary, Writer
from consent_portal.ledger.payload import Payload


class Engine(Payload):
    """A program that de-identified or verified (R74)."""

    name: str
    version: str


class Released(Payload):
    """What left, for whom, for what, in which form, and by which rules."""

    disclosure: str
    key: str
    job: str | None
    decision: str | None
    purpose: str
    level_needed: str
    """`teaching`, `print`, `internet`, `any` (whichever level, or none by itself) or `none` (care)."""
    recipient: str
    format: str
    profile: str | None
    sender: str
    role: str
    reason: str
    released: int = Field(ge=0)
    excluded: int = Field(ge=0)
    quarantined: int = Field(ge=0)
    engines: tuple[Engine, ...]
    package_sha256: str | None
    basis: tuple[str, ...] = ()
    """The rules of the decision."""


def _summary(released: Released) -> Summary:
    who = released.sender if released.recipient == "self" else released.recipient
    return Summary(purpose=released.purpose, recipient=who)


def _facts(released: Released) -> Facts:
    return (
        Fact("Requested by", released.sender),
        Fact("Reason", released.reason),
        Fact("De-identification", released.profile, Vocabulary.PROFILE),
        Fact("Format", released.format),
        Fact("Rules", "\n".join(released.basis), Vocabulary.RULES),
    )


RELEASED = EventKind(EventType.RELEASED, Released, "A copy left", writer=Writer.SYSTEM, summary=_summary, facts=_facts)
