"""The verbs: what each records, and whose word it takes (the roles of people at the portal)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy.orm import Session

from consent_portal.ledger.events import EventType
from consent_portal.services.acts import Act, Actor, Subject
from consent_portal.services.statements import earlier, given, identity, people, saying_no
from consent_portal.services.statements.statement import Statement

_ILLUSTRATION, _CLINICIAN, _GUARDIAN = "medical-illustration", "clinician", "caldicott-guardian"
_ADMIN = "department-admin"
_CARE = frozenset({_ILLUSTRATION, _CLINICIAN, _GUARDIAN})
_WHO_ASKS = frozenset({_ILLUSTRATION, _CLINICIAN})
_KEEPERS = frozenset({_ILLUSTRATION})


@dataclass(frozen=True)
class Verb:
    """One thing that a person can record.

    Attributes
    ----------
    name : str
        As ``aoa consent NAME`` and ``POST /api/v1/consent/NAME``.
    roles : frozenset of str
        Who may record it, or answer for what another system records.
    """

    name: str
    event_types: frozenset[EventType]
    statement: type[Statement]
    roles: frozenset[str]


def _verb(name: str, statement: type[Statement], roles: frozenset[str], *types: EventType) -> Verb:
    return Verb(name, frozenset(types), statement, roles)


VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        verb.name: verb
        for verb in (
            _verb("record", given.Recording, _KEEPERS, EventType.GIVEN),
            _verb("amend", given.Amending, _KEEPERS, EventType.AMENDED),
            _verb("refuse", saying_no.Refusing, _WHO_ASKS, EventType.REFUSED),
            _verb("withdraw", saying_no.Withdrawing, _CARE, EventType.WITHDRAWN),
            _verb("object", saying_no.Objecting, _CARE | {_ADMIN}, EventType.OBJECTION),
            _verb("invalidate", earlier.Invalidating, _KEEPERS, EventType.INVALIDATED),
            _verb("deceased", people.NotingDeath, _WHO_ASKS, EventType.DECEASED_NOTED),
            _verb("capacity", people.AssessingCapacity, _WHO_ASKS, EventType.CAPACITY_ASSESSED),
            _verb(
                "representative",
                people.Representing,
                _KEEPERS,
                EventType.REPRESENTATIVE_ADDED,
                EventType.REPRESENTATIVE_REMOVED,
            ),
            _verb("maturity", people.Reviewing, _WHO_ASKS, EventType.REVIEWED_AT_MATURITY),
            _verb("explain", people.Explaining, _WHO_ASKS, EventType.EXPLAINED),
            _verb("publish", earlier.Publishing, _KEEPERS | {_GUARDIAN}, EventType.PUBLISHED),
            _verb("form", earlier.AttachingForm, _KEEPERS, EventType.FORM_ATTACHED),
            _verb("receipt", earlier.IssuingReceipt, _KEEPERS, EventType.RECEIPT_ISSUED),
            _verb("merge", identity.Merging, _KEEPERS | {_GUARDIAN}, EventType.PATIENTS_MERGED),
            _verb("unmerge", identity.Unmerging, _KEEPERS | {_GUARDIAN}, EventType.PATIENTS_UNMERGED),
        )
    }
)


def perform(session: Session, said: Statement, subject: Subject, actor: Actor) -> Act:
    """Do the whole act of a statement; needs a writing session.

    Raises
    ------
    Refusal
    """
    return said.act(session, said.reaching(subject), actor)
