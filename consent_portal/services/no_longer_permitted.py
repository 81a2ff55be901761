"""Which of what left would not be permitted any more, and has to be asked back (policy.md, combining rule 7; H1, H9).

After a record that was entered in error, a finding about who is who, or the end of a representative: what that means
depends on everything else that stands, so each release is decided again on the request that was recorded for it. The
registers count as on the day it left: that an approval or a recipient has ended since takes nothing back.
"""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from consent_portal.clock import local_day
from consent_portal.contract import Intent, Request
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.rows import DecisionRow
from consent_portal.policy.facts import AttestedFacts, RequestFacts
from consent_portal.policy.load import in_force, load_policy
from consent_portal.policy.model import Outcome, Policy
from consent_portal.registers import joining, studies
from consent_portal.registers.studies import Study
from consent_portal.services import decisions
from consent_portal.services.context import Site, resolve
from consent_portal.services.faults import BadRequest
from consent_portal.services.policy import signed
from consent_portal.tasks import recalls
from consent_portal.tasks.recalls import Recall

_CARE = "none"
_FAVOURABLE = AttestedFacts("no", "no", "no", motivated_intruder_checked=True)
_ENDED = frozenset({"recipient-not-current"})


def recall(session: Session, because: Event, patient_keys: Iterable[str]) -> list[Recall]:
    """Open a recall for everything of these patients that left and would not be permitted any more.

    Parameters
    ----------
    because : Event
        What changed that; each recall names it.
    patient_keys : iterable of str
        Every patient whom it concerns; the numbers joined to them are added.
    """
    found = [(release, study.patient_key) for release, study in releases(session, patient_keys)]
    return recalls.open_these(session, because, found)


def releases(session: Session, patient_keys: Iterable[str]) -> list[tuple[Event, Study]]:
    """Return the releases of these patients, under every joined number, that would not be permitted now.

    Returns
    -------
    list of (Event, Study)
        Each with its study as the register has it now; oldest first.
    """
    keys = joining.joined(session, patient_keys)
    uids = [study.study_uid for study in studies.of_patients(session, keys)]
    policy = _policy(session)
    left = (event for event in store.events_about_all(session, keys, uids) if event.type is EventType.RELEASED)
    known = ((release, studies.by_uid(session, release.scope.study_uid)) for release in left)
    return [
        (release, study) for release, study in known if study and not _is_permitted(session, release, study, policy)
    ]


def _policy(session: Session) -> Policy:
    """Return the shipped table with every switch that is signed: what left under one is not taken back by a setting."""
    shipped = load_policy()
    switches = signed(session, shipped)
    return in_force(shipped, dict.fromkeys(switches, True), switches)


def _is_permitted(session: Session, release: Event, study: Study, policy: Policy) -> bool:
    released = release.payload
    assert isinstance(released, p.Released)  # noqa: S101  (the store checks the payload's type)
    if released.level_needed == _CARE:
        return True
    request = _request(session, release, released, policy)
    decision = decisions.as_said(session, [study], request, policy)
    return decision.outcome is Outcome.PERMIT and (decision.profile or "") <= (released.profile or "")


def _request(session: Session, release: Event, released: p.Released, policy: Policy) -> RequestFacts:
    """Return the recorded request as facts of the day it left; where none can be read, what the release itself says."""
    row = session.get(DecisionRow, released.decision) if released.decision else None
    told = RequestFacts(released.purpose, released.role, taking_away=True, attested=_FAVOURABLE)
    if row is None:
        return told
    site = Site(policy, {released.recipient: released.purpose})  # it was sent there, so it was a destination
    try:
        request = Request.model_validate_json(row.request)
        facts = resolve(session, request, Intent.CHECK, site, local_day(release.recorded_at))
    except BadRequest:
        return told
    return replace(facts, facts=facts.facts - _ENDED)
