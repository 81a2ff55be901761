"""What is recorded about an earlier event: that it was an error, its form, its receipt."""

from collections.abc import Iterator, Sequence

from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.kinds import CORRECTABLE
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
