"""The ledger's rules on a form: the same as for the command and the API, each shown at its field."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _

from consent_portal.ledger import payloads as p
from consent_portal.ledger.levels import Level
from consent_portal.ledger.rules import authority, dates, hearing
from consent_portal.ledger.rules.circumstances import Circumstances
from consent_portal.ledger.rules.refusal import RuleFault

FIELDS = {
    "capacity_assessor": ("capacity_assessor", "assessor"),
    "date": ("discussed_on", "told_on", "said_on"),
    "evidence": ("grantor_evidence", "evidence"),
    "event": ("about",),
    "grantor": ("grantor", "authority"),
    "grantor_name": ("grantor_name", "who", "name"),
    "clinician": ("requesting_clinician",),
    "levels": ("level_record", "said_no_to", "objected_to"),
}
"""Where a form calls something otherwise than the API does."""


def faults(form: Any) -> Iterator[RuleFault]:
    """Give what the ledger would refuse of a consent form, as far as it is filled in."""
    known = Circumstances(born=form.born)
    opened = [level for level in Level if form[f"level_{level}"].data == "yes"]
    yield from authority.of_consent(opened, _grantor(form), _capacity(form), form.discussed_on.data, known)
    if opened:
        yield from hearing.of_consent(form.received.data, form.taken_by.data or "", form.manner.data or "")
    yield from dates.of_consent(dates.Span(form.discussed_on.data, form.valid_from.data, form.valid_to.data), known)


def _grantor(form: Any) -> p.Grantor | None:
    if form.grantor.data not in set(p.GrantorKind):
        return None
    name, evidence = form.grantor_name.data or "", form.grantor_evidence.data or ""
    return p.Grantor(kind=p.GrantorKind(form.grantor.data), name=name, evidence=evidence)


def _capacity(form: Any) -> p.Capacity | None:
    if form.capacity.data not in set(p.CapacityAnswer):
        return None
    return p.Capacity(answer=p.CapacityAnswer(form.capacity.data), assessor=form.capacity_assessor.data or "")


def tell(form: Any, found: Iterable[RuleFault]) -> bool:
    """Show each fault at its field, or above the form where it has none; returns whether there was any.

    A field that has a message of its own already gets no second one.
    """
    told = False
    for fault in found:
        told = True
        words = _(fault.text, **(fault.values or {}))
        names = FIELDS.get(fault.field, (fault.field,))
        field = next((form[name] for name in names if name in form), None)
        if field is None:
            form.form_errors.append(words)
        elif not field.errors:
            field.errors = [words]
    return told
