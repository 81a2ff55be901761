"""What is recorded about an earlier event: that it was an error, its form, its receipt, that it was published."""

from collections.abc import Iterator, Sequence

from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.kinds import CORRECTABLE
from consent_portal.ledger.rules import dates
from consent_portal.ledger.rules.circumstances import Circumstances
from consent_portal.ledger.rules.refusal import RuleFault


def of_error(wrong: Event | None, reason: str, events: Sequence[Event]) -> Iterator[RuleFault]:
    """Give what is wrong with marking `wrong` as entered in error; `events` are all of its patient (hazard H1)."""
    if wrong is None or wrong.type not in CORRECTABLE:
        told = "Only a recorded consent, refusal, withdrawal or note can be marked as entered in error."
        yield RuleFault(told, "event")
        return
    if any(event.type is EventType.INVALIDATED and event.supersedes == wrong.id for event in events):
        yield RuleFault("This is marked as entered in error already. Open the history again.", "event")
    if not reason.strip():
        told = "Say why it was entered in error; the reason stays with the record."
        yield RuleFault(told, "reason", is_input=True)


def of_paper(about: Event | None, what: str) -> Iterator[RuleFault]:
    """Give the fault of a form or receipt that belongs to nothing that anybody said."""
    if about is None:
        yield RuleFault("There is no such event in the ledger.", "event")
    elif about.type not in CORRECTABLE:
        told = "%(what)s belongs to a consent, refusal, withdrawal or note. Choose that entry of the history."
        yield RuleFault(told, "event", {"what": what})


def of_publication(release: Event | None, published: p.Published, known: Circumstances) -> Iterator[RuleFault]:
    """Give what is wrong with marking a release as published (combining rule 7)."""
    if release is None or release.type is not EventType.RELEASED:
        yield RuleFault("Only what left can have been published. Choose the release in the history.", "event")
        return
    if any(event.type is EventType.PUBLISHED and event.supersedes == release.id for event in known.history):
        yield RuleFault("This release is marked as published already.", "event")
    yield from dates.of_day(published.told_on, "told_on", known)
