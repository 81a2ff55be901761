"""What a person can record besides consent, its amendment and its withdrawal: a line each, and who may (ADR 0147)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from consent_portal.ledger.events import EventType
from consent_portal.web.consent import authority_forms as authority
from consent_portal.web.consent import life_forms as life
from consent_portal.web.consent import paper_forms as papers
from consent_portal.web.consent import refusal_forms as refusals
from consent_portal.web.consent.entry_form import EntryForm, Known
from consent_portal.web.frame.access import CARE, Role

RECORDERS = frozenset({Role.MEDICAL_ILLUSTRATION})
ASKERS = frozenset({Role.MEDICAL_ILLUSTRATION, Role.CLINICIAN})


def _always(_known: Known) -> bool:
    return True


def _alive(known: Known) -> bool:
    return not known.status.deceased


def _something_said(known: Known) -> bool:
    return bool(known.said)


@dataclass(frozen=True)
class Entry:
    """One thing to record.

    Attributes
    ----------
    slug : str
        Its name in addresses.
    help : str
        One sentence: when this is the right thing to record.
    done : str
        What is said once it is recorded.
    fits : callable
        Whether it makes sense, as far as is known now.
    """

    kind: EventType
    slug: str
    title: Any
    help: Any
    done: Any
    roles: frozenset[Role]
    form: type[EntryForm]
    fits: Callable[[Known], bool] = _always


ENTRIES = (
    Entry(
        EventType.REFUSED,
        "refusal",
        _l("A no when asked"),
        _l("The patient, or somebody with authority, was asked for a use and said no."),
        _l("The refusal is recorded."),
        ASKERS,
        refusals.RefusalForm,
    ),
    Entry(
        EventType.OBJECTION,
        "objection",
        _l("An objection or a request for erasure"),
        _l("Somebody objects to a use, or asks that images be erased, without having been asked."),
        _l("The objection is recorded."),
        CARE,
        refusals.ObjectionForm,
    ),
    Entry(
        EventType.CAPACITY_ASSESSED,
        "capacity",
        _l("Capacity assessed"),
        _l("Whether the patient can make this decision has been assessed, or has changed."),
        _l("The assessment is recorded."),
        ASKERS,
        authority.CapacityForm,
        _alive,
    ),
    Entry(
        EventType.REPRESENTATIVE_ADDED,
        "representative",
        _l("A representative"),
        _l("Somebody may decide for the patient from now on, and shows the authority for it."),
        _l("The representative is recorded."),
        RECORDERS,
        authority.AddRepresentativeForm,
        _alive,
    ),
    Entry(
        EventType.REPRESENTATIVE_REMOVED,
        "representative-removed",
        _l("The end of a representative's authority"),
        _l("Somebody who could decide for the patient no longer may."),
        _l("The end of the authority is recorded."),
        RECORDERS,
        authority.RemoveRepresentativeForm,
        lambda known: bool(known.representatives),
    ),
    Entry(
        EventType.REVIEWED_AT_MATURITY,
        "maturity",
        _l("A review with the young person"),
        _l("A young person who can now decide was asked about what others had agreed to."),
        _l("The review is recorded."),
        ASKERS,
        life.MaturityForm,
        lambda known: known.decided_by_others,
    ),
    Entry(
        EventType.DECEASED_NOTED,
        "death",
        _l("The patient's death"),
        _l("The patient has died; known wishes are followed from then on."),
        _l("The death is noted."),
        ASKERS,
        life.DeathForm,
        _alive,
    ),
    Entry(
        EventType.EXPLAINED,
        "explanation",
        _l("That the use of images was explained"),
        _l("At this attendance it was explained how recordings are made and may be used, or it was not practicable."),
        _l("The explanation is recorded."),
        ASKERS,
        papers.ExplainedForm,
        _alive,
    ),
    Entry(
        EventType.FORM_ATTACHED,
        "signed-form",
        _l("A signed form"),
        _l("The scan of a signed form belongs to something that is recorded already."),
        _l("The signed form is recorded by its checksum. Keep the scan itself where you keep it now."),
        RECORDERS,
        papers.SignedFormForm,
        _something_said,
    ),
    Entry(
        EventType.RECEIPT_ISSUED,
        "receipt",
        _l("A copy given to the patient"),
        _l("The patient was given a copy of what is recorded."),
        _l("The copy given to the patient is recorded."),
        RECORDERS,
        papers.ReceiptForm,
        _something_said,
    ),
)
