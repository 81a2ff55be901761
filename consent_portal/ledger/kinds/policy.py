"""POLICY_SIGNED: the Caldicott Guardian put a policy version into force (R65); about no patient."""

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary
from consent_portal.ledger.payload import Payload


class PolicySigned(Payload):
    """Which version, and which switches are on."""

    policy_version: str
    switches: tuple[str, ...] = ()
    note: str = ""


def _summary(signed: PolicySigned) -> Summary:
    return Summary(text=signed.note)


def _facts(signed: PolicySigned) -> Facts:
    return (Fact("Version", signed.policy_version), Fact("Switched on", ", ".join(signed.switches)))


POLICY_SIGNED = EventKind(EventType.POLICY_SIGNED, PolicySigned, "Policy signed", summary=_summary, facts=_facts)
