"""Who may decide for a patient now, as the ledger tells it (hazard H9, GMC 32-34)."""

from collections.abc import Iterable

from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.payloads import Representative


def standing(events: Iterable[Event]) -> dict[str, Representative]:
    """Return whoever was added and not removed since, by the id of the event that added them.

    Parameters
    ----------
    events : iterable of Event
        Those that still count, oldest first.
    """
    found: dict[str, Representative] = {}
    for event in events:
        if isinstance(event.payload, Representative):
            found = {id: one for id, one in found.items() if _name(one) != _name(event.payload)}  # noqa: A001
            if event.type is EventType.REPRESENTATIVE_ADDED:
                found[event.id] = event.payload
    return found


def _name(representative: Representative) -> str:
    return representative.name.strip().casefold()
