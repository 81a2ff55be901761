"""Looks up what a request names: the recipient and the register keys of its context. Faults are told all at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from consent_portal.clock import local_day, utc_now
from consent_portal.contract import Intent, Request
from consent_portal.policy.decide import SLIDES
from consent_portal.policy.facts import AttestedFacts, RequestFacts
from consent_portal.policy.model import Policy, Purpose
from consent_portal.registers import approvals, recipients
from consent_portal.registers.departments import NONE, Departments
from consent_portal.services.factor_rule import FactorRule
from consent_portal.services.faults import BadRequest, Fault

SHARED = ("no", *SLIDES)
FLAGS = ("coded", "keep_identity", "collection")
NO_REASON = "Say in a sentence why these images go to that recipient (R57)."
PLAIN = (*FLAGS, "slides_shared")


@dataclass(frozen=True)
class Site:
    """What holds here and now.

    Attributes
    ----------
    destinations : mapping
        ``[gate] destinations``: what Orthanc may push to, each with its purpose.
    second_factor : FactorRule
        Who must have shown a second factor before asking for a release.
    """

    policy: Policy
    destinations: Mapping[str, str] = field(default_factory=dict)
    departments: Departments = NONE
    second_factor: FactorRule = field(default_factory=FactorRule)


@dataclass(frozen=True)
class Looked:
    """What looking up gave."""

    facts: frozenset[str]
    faults: tuple[Fault, ...] = ()


def resolve(session: Session, request: Request, intent: Intent, site: Site, day: date | None = None) -> RequestFacts:
    """Return the request as facts, with the registers as they count on a day (today by default).

    Raises
    ------
    BadRequest
        Naming an unknown purpose, an unanswered question, an unknown recipient or register key, all together.
    """
    policy = site.policy
    purpose = policy.purposes.get(request.purpose)
    if purpose is None:
        known = ", ".join(policy.purposes)
        raise BadRequest([Fault("purpose", f"This purpose is not known; the purposes are: {known}.")])
    looked = [_recipient(session, request, intent, site, day), *_context(session, request.context, purpose, day)]
    faults = _unanswered(request, purpose, policy) + [fault for one in looked for fault in one.faults]
    if faults:
        raise BadRequest(faults)
    facts = frozenset().union(*(one.facts for one in looked))
    return RequestFacts(
        purpose=request.purpose,
        role=request.sender.role,
        taking_away=intent is not Intent.PREVIEW,
        attested=AttestedFacts(**request.attestations.model_dump()),
        facts=facts | ({"reason"} if request.reason.strip() else set()),
        publication=_key(request.context, "publication"),
        publication_title=_title(session, _key(request.context, "publication")),
        project=_key(request.context, "project"),
        slides_shared=str(request.context.get("slides_shared", "no")),
    )


def _unanswered(request: Request, purpose: Purpose, policy: Policy) -> list[Fault]:
    answers = request.attestations.model_dump()
    return [
        Fault(f"attestations.{question}", f"Please answer: {policy.questions[question].ask}")
        for question in purpose.attestations
        if answers[question] is None
    ]


def _recipient(session: Session, request: Request, intent: Intent, site: Site, day: date | None) -> Looked:
    """Look up the recipient; a destination set up for this purpose counts as a place outside.

    To another place nothing is newly asked for without a reason (R57: the flow's fifth parameter). It may stay empty
    for the requester's own use, so that care is not held up (H3), and for a destination, which was set up for good.
    """
    if request.recipient == recipients.SELF:
        return Looked(recipients.facts(None))
    found = recipients.get(session, request.recipient)
    if found is None and site.destinations.get(request.recipient) == request.purpose:
        return Looked(frozenset())
    if found is None:
        message = "This recipient is not in the register; use 'self' or the key of a registered recipient."
        return Looked(frozenset(), (Fault("recipient", message),))
    unsaid = intent is Intent.EXPORT and not request.reason.strip()
    return Looked(recipients.facts(found, day), (Fault("reason", NO_REASON),) if unsaid else ())


def _context(session: Session, context: dict[str, Any], purpose: Purpose, day: date | None) -> Iterable[Looked]:
    today = day or local_day(utc_now())
    for name, value in context.items():
        if name in approvals.KINDS:
            yield _register(session, name, value, today)
        elif name in PLAIN:
            yield _plain(name, value, purpose)
        else:
            known = ", ".join((*approvals.KINDS, *PLAIN))
            yield Looked(frozenset(), (Fault(f"context.{name}", f"This is not known; context may name: {known}."),))


def _register(session: Session, name: str, value: Any, today: date) -> Looked:
    found = approvals.get(session, name, value) if isinstance(value, str) else None
    if found is None or not found.is_current(today):
        message = f"There is no current entry of this key in the register of kind '{name}'; have it entered first."
        return Looked(frozenset(), (Fault(f"context.{name}", message),))
    return Looked(found.details.facts())


def _plain(name: str, value: Any, purpose: Purpose) -> Looked:
    if name == "slides_shared":
        wrong = value not in SHARED
        return Looked(frozenset(), (Fault(f"context.{name}", "Give one of: " + ", ".join(SHARED)),) if wrong else ())
    if not isinstance(value, bool):
        return Looked(frozenset(), (Fault(f"context.{name}", "Give true or false."),))
    counts = value and name in purpose.context
    return Looked(frozenset({name.replace("_", "-")} if counts else ()))


def _title(session: Session, key: str) -> str:
    found = approvals.get(session, "publication", key) if key else None
    return found.title if found else ""


def _key(context: dict[str, Any], name: str) -> str:
    value = context.get(name, "")
    return value if isinstance(value, str) else ""
